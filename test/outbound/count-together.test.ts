import { expect, it } from 'vitest';
import type { EndedDelivery, FailureTallyStore } from '../../lambdas/domain/failure-tally.ts';
import { asDeliveryId, asEndpointId, asEventId, asTenantId } from '../../lambdas/domain/ids.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { countTogether } from '../../lambdas/outbound/count-together.ts';
import { endpointHashOf } from '../support/fixtures/ids.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const failure = (nth: number, endpoint = 'ep_1'): EndedDelivery => ({
  tenant: asTenantId('acme'),
  endpointId: asEndpointId(endpoint),
  deliveryId: asDeliveryId(`d${nth}`),
  round: 1,
  eventId: asEventId(`evt_${nth}`),
  eventType: 'invoice.paid',
  attempts: 1,
  reason: 'answered 404',
});

/** Tallies whose writes are noted, and wait until they are let on. */
function slowTallies() {
  const { tallies } = outboundWorld();
  const writes: string[] = [];
  const gate = { isOpen: Promise.withResolvers<void>(), fails: false };
  const store: FailureTallyStore = {
    ...tallies,
    async add(ended, at, count = 1) {
      writes.push(`${count} of ${ended.endpointId} up to ${ended.deliveryId}`);
      await gate.isOpen.promise;
      if (gate.fails) throw new Error('throttled');
      await tallies.add(ended, at, count);
    },
  };
  const countOf = async (endpoint = 'ep_1') => (await tallies.read(endpointHashOf('acme', endpoint)))?.count;
  return { together: countTogether(store), writes, gate, countOf };
}

it('failures of one endpoint that come while one is counted are counted by one write, each once', async () => {
  const { together, writes, gate, countOf } = slowTallies();
  const counted = [1, 2, 3, 4, 5].map((nth) => together.add(failure(nth), now));
  const other = together.add(failure(1, 'ep_2'), now);
  gate.isOpen.resolve();
  await Promise.all([...counted, other]);

  expect(writes).toEqual(['1 of ep_1 up to d1', '1 of ep_2 up to d1', '4 of ep_1 up to d5']);
  expect([await countOf(), await countOf('ep_2')]).toEqual([5, 1]);

  await together.add(failure(6), now);
  expect(writes.at(-1)).toBe('1 of ep_1 up to d6');
  expect(await countOf()).toBe(6);
});

it('a failure is not counted before its write: a worker that dies before it has counted nothing', async () => {
  const { together, gate, countOf } = slowTallies();
  const ends: string[] = [];
  const counted = [1, 2].map((nth) => together.add(failure(nth), now).then(() => ends.push(`d${nth}`)));
  await new Promise(setImmediate);

  expect(ends).toEqual([]);
  expect(await countOf()).toBeUndefined();
  gate.isOpen.resolve();
  await Promise.all(counted);
  expect(ends).toEqual(['d1', 'd2']);
});

it('a write that fails is an error of each of its failures, and the next one is made', async () => {
  const { together, gate, countOf } = slowTallies();
  gate.fails = true;
  const counted = [1, 2, 3].map((nth) => together.add(failure(nth), now));
  gate.isOpen.resolve();

  expect(await Promise.allSettled(counted)).toEqual(
    Array.from({ length: 3 }, () => ({ status: 'rejected', reason: new Error('throttled') })),
  );
  gate.fails = false;
  await together.add(failure(4), now);
  expect(await countOf()).toBe(1);
});

it('two tasks of one delivery in a group are one failure', async () => {
  const { together, writes, gate, countOf } = slowTallies();
  const counted = [1, 2, 3, 2].map((nth) => together.add(failure(nth), now));
  gate.isOpen.resolve();
  await Promise.all(counted);

  expect(writes.at(-1)).toBe('2 of ep_1 up to d3');
  expect(await countOf()).toBe(3);
});
