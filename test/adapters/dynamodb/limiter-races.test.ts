import { describe, expect, it } from 'vitest';
import { dynamodbLimiter } from '../../../lambdas/adapters/dynamodb/limiter/store.ts';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import type { Leases, LimiterState } from '../../../lambdas/domain/limiter.ts';
import type { EndpointHealth, HeldLease } from '../../../lambdas/domain/limiter-store.ts';
import { days, later, seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory } from '../../../testing/memory/dynamodb/dynamodb.ts';

const start = unixMillis(Date.UTC(2026, 10, 25, 12));
const afterPause = later(start, days(6));
const limiterKey = 'acme/ep_1';
const limits = { concurrent: 1, breakAfter: 5, disableAfter: days(5) };
const of = { tenant: asTenantId('acme'), endpointId: asEndpointId('ep_1'), isRegistered: true };
type Store = ReturnType<typeof dynamodbLimiter>;

async function take(limiter: Store, now: UnixMillis, ended: Leases = {}): Promise<HeldLease> {
  const until = later(now, seconds(36));
  const taken = await limiter.take(limiterKey, { count: 1, ended, isInLine: false, limits, now, until });
  if (!taken.ok) throw new Error('the slot is taken');
  return taken.held;
}

const leave = (
  limiter: Store,
  held: HeldLease,
  health: EndpointHealth | undefined,
  now: UnixMillis,
): Promise<LimiterState> =>
  limiter.leave({ limiterKey, of, limits, held }, health === undefined ? undefined : { health }, now);

/** Someone else writes to the limiter before the nth request of a release, from 0. */
async function release(
  health: EndpointHealth | undefined,
  nth: number,
  meanwhile: (others: Store, held: HeldLease) => Promise<unknown>,
) {
  const tables = dynamodbInMemory();
  const others = dynamodbLimiter(tables.client(), 'Endpoints');
  // The endpoint failed six days ago, so that its next failure begins a new count.
  await leave(others, await take(others, start), 'down', start);
  const held = await take(others, afterPause);

  let requests = 0;
  const before = async () => {
    if (requests++ === nth) await meanwhile(others, held);
  };
  const limiter = dynamodbLimiter(tables.client({ before }), 'Endpoints');
  const state = await leave(limiter, held, health, later(afterPause, seconds(1)));
  return { state, requests };
}

/** Another worker takes the slot of a lease that is over. */
const takeOver = (others: Store, { token, count, until }: HeldLease): Promise<HeldLease> =>
  take(others, until, { [token]: { count, until } });

it.each([0, 1])(
  'the slot of a failed request is freed, and the failure counted, when an operator resets the endpoint before request %i',
  async (nth) => {
    const { state } = await release('down', nth, (others) => others.reset(limiterKey));

    expect(state.failures).toBe(1);
    expect(state.slots).toEqual({});
  },
);

it.each(['up', 'down'] as const)(
  'the slot of another request stays taken when a request comes back %s after its own slot ran out',
  async (health) => {
    const taken: HeldLease[] = [];
    const { state, requests } = await release(health, 0, async (others, held) => {
      taken.push(await takeOver(others, held));
    });

    const [other] = taken;
    expect(state.slots).toEqual({ [other?.token ?? '']: { count: 1, until: other?.until } });
    expect(state.failures).toBe(health === 'up' ? 0 : 2);
    expect(requests).toBeLessThanOrEqual(3);
  },
);

it('a request that learnt nothing writes once when its slot has run out', async () => {
  const { requests } = await release(undefined, 0, takeOver);

  expect(requests).toBe(1);
});

describe('a slot whose answer was lost', () => {
  /** A client that makes each write twice, as a client does whose first answer was lost. */
  const repeating = (tables: ReturnType<typeof dynamodbInMemory>) => {
    const client = tables.client();
    const send: typeof client.send = async (command) => {
      await client.send(command).catch(() => undefined);
      return client.send(command);
    };
    return dynamodbLimiter({ ...client, send }, 'Endpoints');
  };

  it('a slot whose answer was lost is known to be ours, and taken once', async () => {
    const limiter = repeating(dynamodbInMemory());

    const held = await take(limiter, start);

    expect((await limiter.read(limiterKey)).slots).toEqual({
      [held.token]: { count: 1, until: held.until },
    });
    await leave(limiter, held, undefined, start);
    expect((await limiter.read(limiterKey)).slots).toEqual({});
    expect(await take(limiter, start)).toMatchObject({ kind: 'lease' });
  });

  it('a slot by hand whose answer was lost is known to be ours', async () => {
    const limiter = repeating(dynamodbInMemory());

    expect(await limiter.takeByHand(limiterKey, start, afterPause)).toMatchObject({ kind: 'hand' });
  });
});
