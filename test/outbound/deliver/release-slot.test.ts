import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import type { EndpointHealth } from '../../../lambdas/domain/limiter-store.ts';
import { days, later, millis, seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import type { LimiterPorts } from '../../../lambdas/outbound/deliver/acquire-slot.ts';
import { healthOf } from '../../../lambdas/outbound/deliver/endpoint-health.ts';
import { releasePermit } from '../../../lambdas/outbound/deliver/release-permit.ts';
import { accepted, down, refused, start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const until = later(start, seconds(36));
const limiterKey = 'acme/ep_1';
const limits = { concurrent: 1, breakAfter: 5, disableAfter: days(5) };
const of = { tenant: asTenantId('acme'), endpointId: asEndpointId('ep_1'), isRegistered: true };

/** A world in which a worker has the only slot of an endpoint. */
async function takenSlot() {
  const { limiter, deliverPorts } = outboundWorld();
  const take = async (now: UnixMillis) => {
    const { slots: ended } = await limiter.read(limiterKey);
    return limiter.take(limiterKey, {
      count: 1,
      ended: Object.values(ended).every((lease) => lease.until <= now) ? ended : {},
      isInLine: false,
      limits,
      now,
      until: later(now, seconds(36)),
    });
  };
  const taken = { last: await take(start) };
  const retake = async (now: UnixMillis) => {
    taken.last = await take(now);
    return taken.last;
  };
  const release = (health: EndpointHealth, changed: Partial<LimiterPorts>, retryAfter?: number) => {
    if (!taken.last.ok) throw new Error('the slot is taken');
    return releasePermit(
      { kind: 'slot', slot: { limiterKey, of, limits, held: taken.last.held } },
      {
        health,
        took: millis(20),
        retryAfter: retryAfter === undefined ? undefined : seconds(retryAfter),
        isThrottled: false,
      },
      { ...deliverPorts, ...changed },
    );
  };
  return { limiter, take: retake, release };
}

describe('the release of a slot', () => {
  it('the release of a slot notes Retry-After first, so that the next worker sees it', async () => {
    const { limiter, release } = await takenSlot();
    const noted: unknown[] = [];
    const leave: typeof limiter.leave = async (...args) => {
      noted.push((await limiter.read(limiterKey)).retryAfter);
      return limiter.leave(...args);
    };

    await release('refusing', { limiter: { ...limiter, leave } }, 600);

    expect(noted).toEqual([later(start, seconds(600))]);
  });

  it('the release of a slot that fails throws nothing: the delivery has arrived, and the slot frees itself', async () => {
    const { limiter, take, release } = await takenSlot();

    expect(await release('up', { limiter: { ...limiter, leave: down } })).toBe(false);
    expect(await take(start)).toMatchObject({ ok: false });
    expect(await take(until)).toMatchObject({ ok: true });
  });

  it.each(['down', 'refusing'] as const)(
    'the release of a slot says that the endpoint has failed for too long, when it was %s for five days',
    async (health) => {
      const { limiter, take, release } = await takenSlot();
      const at = (span: number) => ({ limiter, now: () => later(start, seconds(span)) });
      await release(health, at(0));
      await take(unixMillis(until + 1));
      await release(health, at(4 * 86_400));

      expect(await release(health, at(5 * 86_400 - 1))).toBe(false);
      expect(await release(health, at(5 * 86_400))).toBe(true);
    },
  );
});

const unreachable: AttemptOutcome = { kind: 'unreachable', cause: 'timeout', error: 'no answer' };

it.each<[string, AttemptOutcome, number, EndpointHealth]>([
  ['a success within 5 s', accepted, 5_000, 'up'],
  ['a success after 5 s', accepted, 5_001, 'slow'],
  ['404', refused(404), 10, 'refusing'],
  ['410', { kind: 'gone', status: 410 }, 10, 'refusing'],
  ['429', refused(429), 10, 'refusing'],
  ['429 with Retry-After', refused(429, seconds(60)), 10, 'refusing'],
  ['503', refused(503), 10, 'down'],
  ['503 with Retry-After', refused(503, seconds(60)), 10, 'down'],
  ['no answer', unreachable, 10, 'down'],
])('the health of an endpoint after %s', (_what, outcome, took, health) => {
  expect(healthOf(outcome, millis(took))).toBe(health);
});
