import { endpointHash } from '../domain/delivery-task.ts';
import type { EndedDelivery, FailureTallyStore } from '../domain/failure-tally.ts';
import type { UnixMillis } from '../domain/time.ts';

/** A failure that waits to be counted. */
interface Waiting {
  readonly ended: EndedDelivery;
  readonly now: UnixMillis;
  readonly counted: PromiseWithResolvers<void>;
}

/**
 * Counts the failures of an endpoint together that come while another one of it is being counted.
 *
 * A process so makes one write at a time for an endpoint: the more deliveries fail at once, the larger the groups, and the
 * number of writes to one item does not grow. Each caller waits until its own failure is counted. If a write fails, none of
 * its failures counts as counted, and the sweep counts them again.
 */
export function countTogether(tallies: FailureTallyStore): FailureTallyStore {
  const waiting = new Map<string, Waiting[]>();

  async function countAll(name: string): Promise<void> {
    for (let group = waiting.get(name); group?.[0] !== undefined; group = waiting.get(name)) {
      waiting.set(name, []);
      await countGroup(group[0], group, tallies);
    }
    waiting.delete(name);
  }

  return {
    ...tallies,
    add(ended, now) {
      const name = endpointHash(ended);
      const one = { ended, now, counted: Promise.withResolvers<void>() };
      const others = waiting.get(name);
      if (others !== undefined) others.push(one);
      else {
        waiting.set(name, [one]);
        void countAll(name);
      }
      return one.counted.promise;
    },
  };
}

/** Never throws: each caller gets the error. */
async function countGroup(
  first: Waiting,
  group: readonly Waiting[],
  tallies: FailureTallyStore,
): Promise<void> {
  // Two tasks of one delivery are one failure.
  const byFailure = new Map(group.map(({ ended }) => [`${ended.deliveryId} ${ended.round}`, ended] as const));
  const last = [...byFailure.values()].at(-1) ?? first.ended;
  try {
    await tallies.add(last, first.now, byFailure.size);
    for (const { counted } of group) counted.resolve();
  } catch (error) {
    for (const { counted } of group) counted.reject(error);
  }
}
