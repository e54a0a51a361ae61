import type { Wait } from '../domain/event.ts';
import {
  type Claim,
  type Claimant,
  type EventRecord,
  maxAttempts,
  noOutcome,
  type Outcome,
  type Standing,
  standingOf,
} from '../domain/idempotency.ts';
import { later, type Seconds, seconds, type UnixMillis } from '../domain/time.ts';

/** The table of events, one conditional write each. */
export interface ClaimsPort {
  /**
   * Claims an event that is free: new, past its retention, or ignored or failed for good with another queue message.
   *
   * @returns the record that stands in the way, else undefined
   */
  claim(claim: Claim): Promise<EventRecord | undefined>;
  /**
   * Claims an event that was claimed before, if it still stands as it was seen: released, or past its lease.
   *
   * @returns the record that stands in the way, else undefined
   */
  reclaim(seen: EventRecord, claim: Claim): Promise<EventRecord | undefined>;
  /** @returns false when the claim is no longer ours and nothing was written */
  finish(claim: Claim, outcome: Outcome, now: UnixMillis): Promise<boolean>;
}

/** What is known about an event when it is to be claimed. */
export interface Claimable extends Claimant {
  readonly id: string;
  readonly eventType: string;
  readonly receivedAt: UnixMillis;
  readonly handlerRetryDelays: readonly Seconds[];
  readonly lease: Seconds;
  readonly retention: Seconds;
}

/** What came of trying to claim. */
export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  /** Ours, but its tries are used up: run nothing, and give it up. */
  | { readonly kind: 'exhausted'; readonly claim: Claim }
  | { readonly kind: 'suspect'; readonly record: EventRecord }
  | { readonly kind: 'busy'; readonly wait: Seconds }
  | { readonly kind: 'waiting'; readonly wait: Wait }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'superseded' };

/**
 * Claims an event for one attempt.
 *
 * The claim counts the attempt and writes that it had no outcome, which the outcome overwrites: so a crash leaves its
 * reason. A suspect is refused here without being counted.
 */
export async function claimEvent(
  event: Claimable,
  now: UnixMillis,
  claims: ClaimsPort,
): Promise<ClaimResult> {
  const claim = firstClaim(event, now);
  const record = await claims.claim(claim);
  if (record === undefined) return { kind: 'claimed', claim };
  const standing = standingOf(record, event, now);
  switch (standing.kind) {
    case 'mine':
      return { kind: 'claimed', claim: { ...claim, attempts: record.attempts } };
    case 'retry':
      return reclaimEvent(event, record, now, claims);
    case 'suspect':
      // Nothing is run for it any more, so it is no danger to its batch mates.
      return isExhausted(event, record)
        ? reclaimEvent(event, record, now, claims)
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
): ClaimResult => ({ kind: 'waiting', wait: { after, notBefore: until, origin: event.messageId } });

/** Claims a released event, or a suspect, for its next attempt; or, when there is none left, to give it up. */
export async function reclaimEvent(
  event: Claimable,
  seen: EventRecord,
  now: UnixMillis,
  claims: ClaimsPort,
): Promise<ClaimResult> {
  const exhausted = isExhausted(event, seen);
  const attempts = exhausted ? seen.attempts : seen.attempts + 1;
  const lastError = exhausted ? (seen.lastError ?? noOutcome(attempts)) : noOutcome(attempts);
  const claim = { ...firstClaim(event, now), attempts, lastError };
  const record = await claims.reclaim(seen, claim);
  if (record === undefined) return { kind: exhausted ? 'exhausted' : 'claimed', claim };
  const standing = standingOf(record, event, now);
  switch (standing.kind) {
    case 'mine':
      return { kind: exhausted ? 'exhausted' : 'claimed', claim };
    case 'waiting':
      return waitOf(standing, event);
    // Another consumer was faster; the message comes back and finds out what became of it.
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
