import { firstRecord, mayBeMade } from '../../domain/announced-delivery.ts';
import type {
  ClaimedDelivery,
  Delivery,
  HeldDelivery,
  PendingDelivery,
} from '../../domain/delivery-record.ts';
import type { DeliveryStore } from '../../domain/delivery-store.ts';
import { announcedIn, type DeliveryTask } from '../../domain/delivery-task.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { later, type Seconds, seconds, secondsUntil, type UnixMillis } from '../../domain/time.ts';

export type ClaimPort = Pick<DeliveryStore, 'claim' | 'claimAnnounced' | 'claimSuspect'>;

/** The result of trying to claim. */
export type ClaimResult = { readonly kind: 'claimed'; readonly delivery: ClaimedDelivery } | ClaimRefusal;

/** Why a delivery cannot be claimed. */
export type ClaimRefusal =
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

/**
 * Claims a delivery for one attempt. A suspect is refused without being counted.
 *
 * The first claim of an announced delivery makes its record. If that exists, by another task or the sweep, it is claimed as any
 * other.
 *
 * @param seen a suspect that runs alone now: its claim counts as a crash until it is recorded
 */
export async function claimDelivery(
  task: DeliveryTask,
  seen: PendingDelivery | undefined,
  { lease, deliveryRetention }: Pick<OutboundSettings, 'lease' | 'deliveryRetention'>,
  now: UnixMillis,
  deliveries: ClaimPort,
): Promise<ClaimResult> {
  const { deliveryId, attempt } = task;
  const leaseUntil = later(now, lease);
  const announced = seen === undefined ? announcedIn(task) : undefined;
  if (announced !== undefined && mayBeMade(announced, now, deliveryRetention)) {
    const made = await deliveries.claimAnnounced(firstRecord(announced), now, leaseUntil);
    if (made.ok) return { kind: 'claimed', delivery: made.delivery };
  }
  const write = await (seen === undefined
    ? deliveries.claim(deliveryId, attempt, { soon: later(now, early), lease: leaseUntil })
    : deliveries.claimSuspect(seen, attempt, now, leaseUntil));
  return write.ok
    ? { kind: 'claimed', delivery: write.delivery }
    : whyClaimFailed(write.delivery, attempt, now);
}

/** Why a claim was refused, read from the record that refused it. */
export function whyClaimFailed(
  delivery: Delivery | undefined,
  attempt: number,
  now: UnixMillis,
): ClaimRefusal {
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
