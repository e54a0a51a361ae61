import type {
  ClaimedDelivery,
  Delivery,
  HeldDelivery,
  PendingDelivery,
} from '../../domain/delivery-record.ts';
import type { DeliveryStore } from '../../domain/delivery-store.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { later, type Seconds, seconds, secondsUntil, type UnixMillis } from '../../domain/time.ts';

export type ClaimPort = Pick<DeliveryStore, 'claim' | 'claimSuspect'>;

/** The result of trying to claim. */
export type ClaimResult =
  | { readonly kind: 'claimed'; readonly delivery: ClaimedDelivery }
  /** Another worker holds a live lease. */
  | { readonly kind: 'busy'; readonly wait: Seconds }
  /** Only the worker that records an attempt sends the next task; the sweep sends what a crash left unsent. */
  | { readonly kind: 'recorded' }
  | { readonly kind: 'terminal' }
  /** Its endpoint is, or was, disabled. */
  | { readonly kind: 'held'; readonly delivery: HeldDelivery }
  /** The delivery may have killed its worker. */
  | { readonly kind: 'suspect'; readonly delivery: PendingDelivery }
  | { readonly kind: 'early'; readonly delivery: PendingDelivery; readonly wait: Seconds }
  | { readonly kind: 'missing' };

/** A task may come this early and still make its attempt, because clocks differ. */
const early = seconds(60);

/** Claims a delivery for one attempt. A suspect is refused here without being counted. */
export async function claimDelivery(
  id: DeliveryId,
  attempt: number,
  lease: Seconds,
  now: UnixMillis,
  deliveries: ClaimPort,
): Promise<ClaimResult> {
  const until = { soon: later(now, early), lease: later(now, lease) };
  const write = await deliveries.claim(id, attempt, until);
  return write.ok
    ? { kind: 'claimed', delivery: write.delivery }
    : whyClaimFailed(write.delivery, attempt, now);
}

/** Claims a suspect, which counts as a crash until it is recorded. */
export async function claimSuspect(
  seen: PendingDelivery,
  attempt: number,
  lease: Seconds,
  now: UnixMillis,
  deliveries: ClaimPort,
): Promise<ClaimResult> {
  const write = await deliveries.claimSuspect(seen, attempt, now, later(now, lease));
  return write.ok
    ? { kind: 'claimed', delivery: write.delivery }
    : whyClaimFailed(write.delivery, attempt, now);
}

/** Why a claim was refused, read from the record that refused it. */
export function whyClaimFailed(
  delivery: Delivery | undefined,
  attempt: number,
  now: UnixMillis,
): ClaimResult {
  if (delivery === undefined) return { kind: 'missing' };
  if (delivery.status === 'held') return { kind: 'held', delivery };
  if (delivery.status !== 'pending') return { kind: 'terminal' };
  if (delivery.attempts >= attempt) return { kind: 'recorded' };
  const { leaseUntil, nextAttemptAt } = delivery;
  if (leaseUntil !== undefined) {
    return leaseUntil > now
      ? { kind: 'busy', wait: secondsUntil(leaseUntil, now) }
      : { kind: 'suspect', delivery };
  }
  if (nextAttemptAt !== undefined && nextAttemptAt > later(now, early)) {
    return { kind: 'early', delivery, wait: secondsUntil(nextAttemptAt, now) };
  }
  return { kind: 'busy', wait: seconds(1) };
}
