import type { FailureCause } from '../../../lambdas/domain/delivery-failure.ts';
import type {
  AttemptRecord,
  Delivery,
  DeliveryFacts,
  DeliveryStatus,
} from '../../../lambdas/domain/delivery-record.ts';
import type { UnixMillis, UnixSeconds } from '../../../lambdas/domain/time.ts';

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
export type StoredRecord = Pick<AttemptRecord, 'status' | 'attempts' | 'attemptLog' | 'lastAttemptAt'> &
  Omit<StatusFields, 'heldAt' | 'leaseUntil' | 'countedRound'> & {
    readonly lastError?: string;
    readonly deadline?: UnixMillis;
  };

/** Reads an item without a check. */
export const asDelivery = <After extends Delivery = Delivery>(item: StoredDelivery): After =>
  item as StoredDelivery & After;
