import type {
  Deferral,
  Delivery,
  DiscardedDelivery,
  HeldDelivery,
  PendingDelivery,
} from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryWrite } from '../../../lambdas/domain/delivery-store.ts';
import { type UnixMillis, type UnixSeconds, unixMillis } from '../../../lambdas/domain/time.ts';
import type { StoredDelivery } from './stored-delivery.ts';

interface EndpointName {
  readonly tenant: string;
  readonly id: string;
}

/** The longest first; of a URL that is not registered none is in the index. */
const waitingAt = (deliveries: ReadonlyMap<string, StoredDelivery>, { tenant, id }: EndpointName) =>
  [...deliveries.values()]
    .filter(({ waitsSince, url }) => waitsSince !== undefined && url === undefined)
    .filter((waiting) => waiting.tenant === tenant && waiting.endpointId === id)
    .sort((a, b) => (a.waitsSince ?? 0) - (b.waitsSince ?? 0));

type Update = <After extends Delivery>(
  id: string,
  isAllowed: (delivery: StoredDelivery) => boolean,
  change: (delivery: StoredDelivery) => Partial<StoredDelivery>,
) => Promise<DeliveryWrite<After>>;

/** What the Deliveries table does about deliveries that wait for a place, or for their endpoint. */
export function memoryWaiting(deliveries: ReadonlyMap<string, StoredDelivery>, update: Update) {
  return {
    defer: (id: string, attempt: number, times: Deferral) =>
      update<PendingDelivery>(
        id,
        (delivery) =>
          isUnrecorded(delivery, attempt) &&
          delivery.leaseUntil === undefined &&
          (delivery.nextAttemptAt === undefined || delivery.nextAttemptAt <= times.now) &&
          delivery.deadline > (times.deadlineAfter ?? 0),
        ({ deadline, waitsSince, cause }) => ({
          nextAttemptAt: times.until,
          waitsSince: waitsSince ?? times.waitsSince,
          dueAt: times.dueAt,
          cause: times.waitsSince === undefined ? cause : undefined,
          deadline: unixMillis(deadline + times.extend),
        }),
      ),

    endWait: (seen: StoredDelivery, dueAt: UnixMillis) =>
      update<PendingDelivery>(
        seen.id,
        ({ status, leaseUntil, nextAttemptAt }) =>
          status === 'pending' &&
          leaseUntil === undefined &&
          nextAttemptAt !== undefined &&
          nextAttemptAt === seen.nextAttemptAt,
        () => ({ nextAttemptAt: undefined, waitsSince: undefined, dueAt, sweeps: 0 }),
      ),

    waitingOf: async (endpoint: EndpointName, upTo: UnixMillis, limit: number) =>
      waitingAt(deliveries, endpoint)
        .filter(({ waitsSince = 0 }) => waitsSince <= upTo)
        .slice(0, limit)
        .map(({ id }) => id),

    async countWaiting(endpoint: EndpointName, atMost: number) {
      const { length } = waitingAt(deliveries, endpoint);
      return { count: Math.min(length, atMost), isExact: length <= atMost };
    },

    hold: ({ id }: Pick<StoredDelivery, 'id'>, now: UnixMillis, dueAt: UnixMillis) =>
      update<HeldDelivery>(
        id,
        (delivery) => delivery.status === 'pending' && hasNoLiveLease(delivery, now),
        () => ({
          status: 'held',
          heldAt: now,
          sweeps: 0,
          dueAt,
          leaseUntil: undefined,
          nextAttemptAt: undefined,
          waitsSince: undefined,
        }),
      ),

    release: ({ id }: Pick<StoredDelivery, 'id'>, now: UnixMillis, dueAt: UnixMillis) =>
      update<PendingDelivery>(
        id,
        ({ status }) => status === 'held',
        ({ lifetime }) => ({
          status: 'pending',
          crashes: 0,
          sweeps: 0,
          dueAt,
          heldAt: undefined,
          expiresAt: undefined,
          cause: undefined,
          deadline: unixMillis(now + lifetime),
        }),
      ),

    discard: (
      { id, generation }: Pick<StoredDelivery, 'id' | 'generation'>,
      reason: string,
      now: UnixMillis,
      expiresAt: UnixSeconds,
    ) =>
      update<DiscardedDelivery>(
        id,
        (delivery) =>
          delivery.generation === generation &&
          (delivery.status === 'held' || (delivery.status === 'pending' && hasNoLiveLease(delivery, now))),
        () => ({
          status: 'discarded',
          lastError: reason,
          expiresAt,
          heldAt: undefined,
          leaseUntil: undefined,
          nextAttemptAt: undefined,
          dueAt: undefined,
          waitsSince: undefined,
          cause: undefined,
        }),
      ),

    heldOf: async ({ tenant, id }: { tenant: string; id: string }, limit: number) =>
      [...deliveries.values()]
        .filter((held) => held.status === 'held' && held.tenant === tenant && held.endpointId === id)
        .sort((a, b) => a.createdAt - b.createdAt)
        .slice(0, limit)
        .map((held) => held.id),
  };
}

export const isUnrecorded = ({ status, attempts }: StoredDelivery, attempt: number): boolean =>
  status === 'pending' && attempts < attempt;

const hasNoLiveLease = ({ leaseUntil }: StoredDelivery, now: UnixMillis): boolean =>
  leaseUntil === undefined || leaseUntil <= now;
