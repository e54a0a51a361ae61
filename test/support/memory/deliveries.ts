import type {
  AttemptEntry,
  ClaimedDelivery,
  DeliveredDelivery,
  Delivery,
  DeliveryOf,
  FailedDelivery,
  Fence,
  PendingDelivery,
} from '../../../lambdas/domain/delivery-record.ts';
import { dueShardOf } from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryWrite } from '../../../lambdas/domain/delivery-store.ts';
import type { DeliveryId } from '../../../lambdas/domain/ids.ts';
import {
  toUnixSeconds,
  type UnixMillis,
  type UnixSeconds,
  unixMillis,
} from '../../../lambdas/domain/time.ts';
import { memoryListed } from './listed-deliveries.ts';
import { asDelivery, type StoredDelivery, type StoredRecord } from './stored-delivery.ts';
import { isUnrecorded, memoryWaiting } from './waiting-deliveries.ts';

/** The Deliveries table in memory: one map, each call one atomic step. */
export function memoryDeliveries() {
  const deliveries = new Map<string, StoredDelivery>();

  const update = async <After extends Delivery = Delivery>(
    id: string,
    isAllowed: (delivery: StoredDelivery) => boolean,
    change: (delivery: StoredDelivery) => Partial<StoredDelivery>,
  ): Promise<DeliveryWrite<After>> => {
    const delivery = deliveries.get(id);
    if (delivery === undefined) return { ok: false };
    if (!isAllowed(delivery)) return { ok: false, delivery: asDelivery(delivery) };
    const changed = withoutUndefined({ ...delivery, ...change(delivery) });
    deliveries.set(id, changed);
    return { ok: true, delivery: asDelivery(changed) };
  };

  return {
    deliveries,
    ...memoryListed(deliveries),

    async create(delivery: StoredDelivery): Promise<Delivery | undefined> {
      const known = deliveries.get(delivery.id);
      if (known !== undefined && !isExpired(known, delivery.createdAt)) return asDelivery(known);
      deliveries.set(delivery.id, withoutUndefined(delivery));
      return undefined;
    },

    async read(id: string): Promise<Delivery | undefined> {
      const item = deliveries.get(id);
      return item && asDelivery(item);
    },

    claim: (id: string, attempt: number, until: { soon: UnixMillis; lease: UnixMillis }) =>
      update<ClaimedDelivery>(
        id,
        (delivery) =>
          isUnrecorded(delivery, attempt) &&
          delivery.leaseUntil === undefined &&
          (delivery.nextAttemptAt === undefined || delivery.nextAttemptAt <= until.soon),
        ({ claims }) => ({ leaseUntil: until.lease, claims: claims + 1, waitsSince: undefined }),
      ),

    claimSuspect: (seen: StoredDelivery, attempt: number, now: UnixMillis, lease: UnixMillis) =>
      update<ClaimedDelivery>(
        seen.id,
        (delivery) =>
          isUnrecorded(delivery, attempt) &&
          delivery.claims === seen.claims &&
          delivery.leaseUntil !== undefined &&
          delivery.leaseUntil <= now,
        ({ claims, crashes }) => ({ leaseUntil: lease, claims: claims + 1, crashes: crashes + 1 }),
      ),

    record: <Outcome extends StoredRecord>(fence: Fence, record: Outcome) =>
      update<DeliveryOf<Outcome['status']>>(
        fence.id,
        ({ status, claims, round }) =>
          status === 'pending' && claims === fence.claims && round === fence.round,
        ({ deadline }) => ({ ...nothing, deadline, ...record, leaseUntil: undefined, crashes: 0, sweeps: 0 }),
      ),

    recordLateSuccess: (fence: Fence, entry: AttemptEntry, expiresAt: UnixSeconds) =>
      update<DeliveredDelivery>(
        fence.id,
        ({ status, round }) => round === fence.round && ['pending', 'failed', 'held'].includes(status),
        ({ attemptLog }) => ({
          status: 'delivered',
          lastAttemptAt: entry.at,
          attemptLog: [...attemptLog, entry],
          expiresAt,
          leaseUntil: undefined,
          nextAttemptAt: undefined,
          dueAt: undefined,
          heldAt: undefined,
          waitsSince: undefined,
          cause: undefined,
        }),
      ),

    moveDue: (
      seen: { id: string; dueAt: UnixMillis },
      dueAt: UnixMillis,
      sweeps: number,
      eventExpiresAt: UnixSeconds,
    ) =>
      update(
        seen.id,
        (delivery) => delivery.dueAt === seen.dueAt,
        () => ({ dueAt, sweeps, eventExpiresAt }),
      ),

    ...memoryWaiting(deliveries, update),

    noteCounted: (id: string, countedRound: number) =>
      update<FailedDelivery>(
        id,
        ({ status, round }) => status === 'failed' && round === countedRound,
        () => ({ countedRound }),
      ),

    clearDue: (id: DeliveryId, round: number) =>
      update(
        id,
        (delivery) => delivery.round === round && !['pending', 'held'].includes(delivery.status),
        () => ({ dueAt: undefined }),
      ),

    reopen: (
      seen: StoredDelivery,
      eventExpiresAt: UnixSeconds,
      now: UnixMillis,
      dueAt: UnixMillis,
      generation: string | undefined,
    ) =>
      update<PendingDelivery>(
        seen.id,
        ({ round, status }) => round === seen.round && status === seen.status,
        ({ round, attempts }) => ({
          status: 'pending',
          round: round + 1,
          attemptsBefore: attempts,
          crashes: 0,
          sweeps: 0,
          deadline: unixMillis(now + seen.lifetime),
          eventExpiresAt,
          generation,
          dueAt,
          expiresAt: undefined,
          leaseUntil: undefined,
          nextAttemptAt: undefined,
          cause: undefined,
        }),
      ),

    /** Pages of two, so that every test that has three goes through the paging; a page begins after a key, as DynamoDB's. */
    async due(shard: number, now: UnixMillis, after?: Record<string, unknown>) {
      const isAfter = ({ id, ...delivery }: StoredDelivery) => {
        const dueAt = delivery.dueAt ?? 0;
        const [fromDue, fromId] = [Number(after?.['dueAt'] ?? 0), String(after?.['id'] ?? '')];
        return dueAt > fromDue || (dueAt === fromDue && id > fromId);
      };
      const found = [...deliveries.values()]
        .filter(({ id, dueAt }) => dueShardOf(id) === String(shard) && dueAt !== undefined && dueAt <= now)
        .filter(isAfter)
        .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0) || a.id.localeCompare(b.id));
      const page = found.slice(0, pageSize);
      const last = page.at(-1);
      const next = found.length > pageSize && last ? { id: last.id, dueAt: last.dueAt } : undefined;
      return { ids: page.map(({ id }) => id), next };
    },
  };
}

const pageSize = 2;

const nothing = {
  lastAttemptAt: undefined,
  lastError: undefined,
  cause: undefined,
  nextAttemptAt: undefined,
  waitsSince: undefined,
  dueAt: undefined,
  expiresAt: undefined,
};

const isExpired = ({ expiresAt }: StoredDelivery, now: UnixMillis): boolean =>
  expiresAt !== undefined && expiresAt <= toUnixSeconds(now);

/** A table has no undefined attributes. */
const withoutUndefined = (delivery: StoredDelivery): StoredDelivery => {
  const kept = { ...delivery };
  for (const key of Object.keys(kept))
    if (Reflect.get(kept, key) === undefined) Reflect.deleteProperty(kept, key);
  return kept;
};
