import type { Recovery, RecoveryProgress } from '../../../lambdas/domain/recovery.ts';
import type { UnixMillis } from '../../../lambdas/domain/time.ts';

/** Recoveries in memory: each call one atomic step. */
export function memoryRecoveries() {
  const recoveries = new Map<string, Recovery>();
  const update = (
    id: string,
    isAllowed: (recovery: Recovery) => boolean,
    change: Partial<Recovery>,
  ): Recovery | undefined => {
    const known = recoveries.get(id);
    if (known?.status !== 'running' || !isAllowed(known)) return undefined;
    const changed = { ...known, ...change };
    recoveries.set(id, changed);
    return changed;
  };

  return {
    recoveries,
    create: async (recovery: Recovery): Promise<boolean> =>
      !recoveries.has(recovery.id) && recoveries.set(recovery.id, recovery).size > 0,
    read: async (id: string) => recoveries.get(id),
    running: async () =>
      [...recoveries.values()].filter(({ status }) => status === 'running').map(({ id }) => id),
    claim: async (id: string, now: UnixMillis, until: UnixMillis) =>
      update(id, ({ leaseUntil = 0 }) => leaseUntil <= now, { leaseUntil: until, updatedAt: now }),
    advance: async (seen: Recovery, progress: RecoveryProgress, now: UnixMillis) => {
      const { place, replayed, refused, ofEarlierEndpoint, status } = progress;
      const isMine = ({ leaseUntil: held }: Recovery) => held === seen.leaseUntil;
      const change = {
        place,
        replayed,
        refused,
        ofEarlierEndpoint,
        status,
        leaseUntil: undefined,
        updatedAt: now,
      };
      return update(seen.id, isMine, change);
    },
    cancel: async (id: string, now: UnixMillis) =>
      update(id, () => true, { status: 'cancelled', updatedAt: now, leaseUntil: undefined }),
  };
}
