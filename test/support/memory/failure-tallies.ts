import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import type { EndedDelivery, FailureTally } from '../../../lambdas/domain/failure-tally.ts';
import type { UnixMillis } from '../../../lambdas/domain/time.ts';

/** Tallies in memory: each call one atomic step. */
export function memoryTallies() {
  const tallies = new Map<string, FailureTally>();
  /** How often each was counted, notified or not. */
  const counted = new Map<string, number>();

  return {
    tallies,
    counted,
    async add(last: EndedDelivery, now: UnixMillis): Promise<void> {
      const name = endpointHash(last);
      const known = tallies.get(name);
      if (known?.last.deliveryId === last.deliveryId && known.last.round === last.round) return;
      counted.set(name, (counted.get(name) ?? 0) + 1);
      const { count, since, notifyAt } = known ?? { count: 0, since: now, notifyAt: now };
      tallies.set(name, { name, count: count + 1, since: count === 0 ? now : since, notifyAt, last });
    },
    due: async (now: UnixMillis): Promise<readonly string[]> =>
      [...tallies.values()]
        .filter(({ count, notifyAt }) => count > 0 && notifyAt <= now)
        .map(({ name }) => name),
    read: async (name: string): Promise<FailureTally | undefined> => {
      const tally = tallies.get(name);
      return tally?.count === 0 ? undefined : tally;
    },
    async notified(
      { name, count, notifyAt }: FailureTally,
      next: UnixMillis,
      now: UnixMillis,
    ): Promise<void> {
      const tally = tallies.get(name);
      if (tally === undefined || tally.notifyAt !== notifyAt) return;
      tallies.set(name, { ...tally, count: tally.count - count, since: now, notifyAt: next });
    },
  };
}
