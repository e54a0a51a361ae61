import type { Claim, EventRecord, Outcome } from '../../../domain/idempotency.ts';
import { keptPartition } from '../../../domain/kept-events.ts';
import { toUnixSeconds, type UnixMillis } from '../../../domain/time.ts';
import type { ConditionalUpdate } from '../conditional-update.ts';
import { cheapestForm } from '../write-units.ts';

// TTL deletes items days late, so each claim compares `expiresAt`. An event with a live lease is not free even after it.
const isNew = 'attribute_not_exists(#id)';
const leaseIsOver = '(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)';
const isPastRetention = `(#expiresAt <= :nowSeconds AND ${leaseIsOver})`;
const endedWithAnotherMessage = '(#status IN (:failed, :ignored) AND #endedMessageId <> :messageId)';
const isFree = [isNew, isPastRetention, endedWithAnotherMessage].join(' OR ');

const isAsSeen = '#status = :seenStatus AND #owner = :seenOwner AND #attempts = :seenAttempts';
const mayBeTakenOver = `${isAsSeen} AND ${leaseIsOver}`;

const isStillMine = '#status = :processing AND #owner = :mine AND #attempts = :attempt';

/** Each step of an inbound event as one conditional update. The conditions are the concurrency design. */
export const eventUpdates = {
  claim: (claim: Claim): ConditionalUpdate => ({
    id: claim.id,
    set: { ...claimed(claim), endedMessageId: undefined, processedAt: undefined },
    condition: isFree,
    values: {
      now: claim.now,
      nowSeconds: toUnixSeconds(claim.now),
      ignored: 'ignored',
      failed: 'failed',
      messageId: claim.messageId,
    },
  }),

  reclaim: (seen: EventRecord, claim: Claim): ConditionalUpdate => ({
    id: claim.id,
    set: claimed(claim),
    condition: mayBeTakenOver,
    values: {
      now: claim.now,
      seenStatus: seen.status,
      seenOwner: seen.owner,
      seenAttempts: seen.attempts,
    },
  }),

  finish: (claim: Claim, outcome: Outcome, now: UnixMillis): ConditionalUpdate => ({
    id: claim.id,
    set: { status: outcome.kind, leaseUntil: undefined, ...finished(claim, outcome, now) },
    condition: isStillMine,
    values: { processing: 'processing', mine: claim.owner, attempt: claim.attempts },
  }),
};

const claimed = (claim: Claim) => ({
  status: 'processing',
  owner: claim.owner,
  attempts: claim.attempts,
  leaseUntil: claim.leaseUntil,
  dueAt: undefined,
  sentBack: undefined,
  lastError: claim.lastError,
  eventType: claim.eventType,
  receivedAt: claim.receivedAt,
  expiresAt: toUnixSeconds(claim.expiresAt),
});

type KeptOutcome = Extract<Outcome, { kind: 'failed' | 'ignored' }>;

/** Attributes of an event kept for a replay; they stay until the event is processed. */
function kept(claim: Claim, { kind, kept }: KeptOutcome, now: UnixMillis) {
  const { keptBody, keptMessage } = kept;
  const keptDay = keptPartition(kept.keptDay, kind, claim.id);
  const place = { keptDay, keptBody, keptMessage: undefined, keptAt: now };
  if (keptMessage === undefined) return place;
  const others = {
    ...claimed(claim),
    ...place,
    id: claim.id,
    endedMessageId: claim.messageId,
    keptMessage: '',
  };
  return { ...place, keptMessage: cheapestForm(keptMessage, others) };
}

function finished(claim: Claim, outcome: Outcome, now: UnixMillis): ConditionalUpdate['set'] {
  switch (outcome.kind) {
    case 'processed':
      return {
        processedAt: now,
        lastError: undefined,
        keptBody: undefined,
        keptMessage: undefined,
        keptDay: undefined,
        keptAt: undefined,
      };
    case 'retrying':
      return { lastError: outcome.error, dueAt: outcome.dueAt, sentBack: outcome.sentBack || undefined };
    case 'failed':
      return { lastError: outcome.error, endedMessageId: claim.messageId, ...kept(claim, outcome, now) };
    case 'ignored':
      return { lastError: undefined, endedMessageId: claim.messageId, ...kept(claim, outcome, now) };
  }
}
