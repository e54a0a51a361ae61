import { expect, it } from 'vitest';
import { dynamodbLimiter } from '../../../lambdas/adapters/dynamodb/limiter/store.ts';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import type { EndpointHealth, Slot } from '../../../lambdas/domain/limiter-store.ts';
import { days, later, seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory } from '../../support/dynamodb/dynamodb.ts';

const start = unixMillis(Date.UTC(2026, 10, 25, 12));
const afterPause = later(start, days(6));
const limiterKey = 'acme/ep_1';
const slot: Slot = {
  limiterKey,
  name: 'slot0',
  until: later(afterPause, seconds(36)),
  isProbe: false,
  isByHand: false,
  limits: { concurrent: 1, breakAfter: 5, disableAfter: days(5) },
  of: { tenant: asTenantId('acme'), endpointId: asEndpointId('ep_1'), isRegistered: true },
};

/** Someone else writes to the limiter before the nth request of a release, from 0. */
async function release(
  health: EndpointHealth | undefined,
  nth: number,
  meanwhile: (others: ReturnType<typeof dynamodbLimiter>) => Promise<unknown>,
) {
  const tables = dynamodbInMemory();
  const others = dynamodbLimiter(tables.client(), 'Endpoints');
  const take = (from: UnixMillis, until: UnixMillis) =>
    others.take(limiterKey, slot.name, { now: from, until, nextAt: undefined, ifProven: false });
  // The endpoint failed six days ago, so that its next failure begins a new count.
  await take(start, later(start, seconds(36)));
  await others.leave({ ...slot, until: later(start, seconds(36)) }, 'down', start);
  await take(afterPause, slot.until);

  let requests = 0;
  const before = async () => {
    if (requests++ === nth) await meanwhile(others);
  };
  const limiter = dynamodbLimiter(tables.client({ before }), 'Endpoints');
  const state = await limiter.leave(slot, health, later(afterPause, seconds(1)));
  return { state, requests };
}

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
    const since = slot.until;
    const until = later(since, seconds(36));
    const { state, requests } = await release(health, 0, (others) =>
      others.take(limiterKey, slot.name, { now: since, until, nextAt: undefined, ifProven: false }),
    );

    expect(state.slots).toEqual({ 0: until });
    expect(state.failures).toBe(health === 'up' ? 0 : 2);
    expect(requests).toBeLessThanOrEqual(3);
  },
);

it('a request that learnt nothing writes once when its slot has run out', async () => {
  const { requests } = await release(undefined, 0, (others) =>
    others.take(limiterKey, slot.name, {
      now: slot.until,
      until: later(slot.until, seconds(1)),
      nextAt: undefined,
      ifProven: false,
    }),
  );

  expect(requests).toBe(1);
});
