import type { Wait } from '../domain/event.ts';
import {
  type Claim,
  type Claimant,
  type EventRecord,
  maxAttempts,
  noOutcome,
  type Standing,
  standingOf,
} from '../domain/idempotency.ts';
import type { InboundEventStore } from '../domain/inbound-event-store.ts';
import { later, type Seconds, seconds, type UnixMillis } from '../domain/time.ts';

/** An event to claim, with the settings of its source. */
export interface Claimable extends Claimant {
  readonly id: string;
  readonly eventType: string;
  readonly receivedAt: UnixMillis;
  readonly handlerRetryDelays: readonly Seconds[];
  readonly lease: Seconds;
  readonly retention: Seconds;
}

/** The result of a claim. */
export type EventClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  /** The claim is ours, but no attempt is left: run nothing and give the event up. */
  | { readonly kind: 'exhausted'; readonly claim: Claim }
  | { readonly kind: 'suspect'; readonly record: EventRecord }
  | { readonly kind: 'busy'; readonly wait: Seconds }
  | { readonly kind: 'waiting'; readonly wait: Wait }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'superseded' };

/**
 * Claims an event for one attempt.
 *
 * The claim counts the attempt and records that it had no outcome. The outcome overwrites that, so after a crash the
 * record has a reason. A suspect is refused here and not counted.
 */
export async function claimEvent(
  event: Claimable,
  now: UnixMillis,
  inboundEvents: Pick<InboundEventStore, 'claim' | 'reclaim'>,
): Promise<EventClaimResult> {
  const claim = firstClaim(event, now);
  const record = await inboundEvents.claim(claim);
  if (record === undefined) return { kind: 'claimed', claim };
  const standing = standingOf(record, event, now);
  switch (standing.kind) {
    case 'mine':
      return { kind: 'claimed', claim: { ...claim, attempts: record.attempts } };
    case 'retry':
      return reclaimEvent(event, record, now, inboundEvents);
    case 'suspect':
      // An exhausted event runs no handler, so it cannot harm its batch mates.
      return isExhausted(event, record)
        ? reclaimEvent(event, record, now, inboundEvents)
        : { kind: 'suspect', record };
    case 'waiting':
      return waitOf(standing, event);
    default:
      return standing;
  }
}

const waitOf = (
  { after, until }: Extract<Standing, { readonly kind: 'waiting' }>,
  event: Claimable,
): EventClaimResult => ({ kind: 'waiting', wait: { after, notBefore: until, origin: event.messageId } });

/** Claims a released event or a suspect for its next attempt, or to give it up if no attempt is left. */
export async function reclaimEvent(
  event: Claimable,
  seen: EventRecord,
  now: UnixMillis,
  inboundEvents: Pick<InboundEventStore, 'claim' | 'reclaim'>,
): Promise<EventClaimResult> {
  const exhausted = isExhausted(event, seen);
  const attempts = exhausted ? seen.attempts : seen.attempts + 1;
  const lastError = exhausted ? (seen.lastError ?? noOutcome(attempts)) : noOutcome(attempts);
  const claim = { ...firstClaim(event, now), attempts, lastError };
  const record = await inboundEvents.reclaim(seen, claim);
  if (record === undefined) return { kind: exhausted ? 'exhausted' : 'claimed', claim };
  const standing = standingOf(record, event, now);
  switch (standing.kind) {
    case 'mine':
      return { kind: exhausted ? 'exhausted' : 'claimed', claim };
    case 'waiting':
      return waitOf(standing, event);
    // Another consumer was faster. The message comes back and is judged by the new record.
    case 'retry':
    case 'suspect':
      return { kind: 'busy', wait: seconds(1) };
    default:
      return standing;
  }
}

const isExhausted = (event: Claimable, record: EventRecord): boolean =>
  record.attempts >= maxAttempts(event.handlerRetryDelays);

const firstClaim = (event: Claimable, now: UnixMillis): Claim => ({
  id: event.id,
  owner: event.owner,
  messageId: event.messageId,
  eventType: event.eventType,
  receivedAt: event.receivedAt,
  attempts: 1,
  lastError: noOutcome(1),
  now,
  leaseUntil: later(now, event.lease),
  expiresAt: later(now, event.retention),
});
