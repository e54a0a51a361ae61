import type { FailureCause } from '../../../lambdas/domain/delivery-failure.ts';
import type {
  AttemptRecord,
  Delivery,
  DeliveryFacts,
  DeliveryStatus,
} from '../../../lambdas/domain/delivery-record.ts';
import type { UnixMillis, UnixSeconds } from '../../../lambdas/domain/time.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';

/** The attributes that a delivery has with some statuses only. */
interface StatusFields {
  readonly cause?: FailureCause;
  readonly nextAttemptAt?: UnixMillis;
  readonly waitsSince?: UnixMillis;
  readonly leaseUntil?: UnixMillis;
  readonly heldAt?: UnixMillis;
  readonly countedRound?: number;
  readonly dueAt?: UnixMillis;
  readonly expiresAt?: UnixSeconds;
}

/** A delivery as an item, with any attributes: a deliberate mistake may write what no parser accepts. */
export interface StoredDelivery extends DeliveryFacts, StatusFields {
  readonly status: DeliveryStatus;
}

/** A record of an attempt, with any attributes. */
type StoredRecord = Pick<AttemptRecord, 'status' | 'attempts' | 'attemptLog' | 'lastAttemptAt'> &
  Omit<StatusFields, 'heldAt' | 'leaseUntil' | 'countedRound'> & {
    readonly lastError?: string;
    readonly deadline?: UnixMillis;
  };

/** Reads an item without a check, and without the keys that only the indexes need. */
export function storedDelivery({
  endpointDay: _endpointDay,
  listedAt: _listedAt,
  waitingBy: _waitingBy,
  heldBy: _heldBy,
  dueShard: _dueShard,
  ...item
}: Item): StoredDelivery {
  const delivery: unknown = item;
  return delivery as StoredDelivery;
}

/** Takes a delivery for one of any status, without a check. */
export const asDelivery = <After extends Delivery = Delivery>(item: StoredDelivery): After =>
  item as StoredDelivery & After;

/** Takes a record for one of any status, without a check. */
export const asRecord = <Outcome extends AttemptRecord>(record: StoredRecord): Outcome =>
  record as StoredRecord & Outcome;
