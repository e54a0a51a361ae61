import { asError } from './errors.ts';
import { inboundKeys } from './tables.ts';
import { type Seconds, seconds, secondsUntil, type UnixMillis } from './time.ts';

/**
 * Names one event of one source: a provider's id is unique within its source only.
 *
 * A source's name has no `#`, so the first one splits.
 */
export const eventKey = inboundKeys.event;

/** The source of an event, from its key. */
export const sourceIn = (key: string): string => key.slice(0, Math.max(0, key.indexOf('#')));

/** Where an event stands. `processing` and `retrying` are unfinished. */
export const eventStatuses = ['processing', 'retrying', 'processed', 'failed', 'ignored'] as const;
type EventStatus = (typeof eventStatuses)[number];

/** The record of one event id: who works on it, or how it ended. */
export interface EventRecord {
  readonly id: string;
  readonly status: EventStatus;
  /** Who claimed it last. */
  readonly owner: string;
  /** Claims since it was new, or since it was redelivered or replayed after its end. */
  readonly attempts: number;
  /** Only while `processing`. */
  readonly leaseUntil?: UnixMillis;
  /** Only while `retrying`: when the next attempt is due. */
  readonly dueAt?: UnixMillis;
  /** Only while `retrying`: a message that waits for `dueAt` was sent, and follows this owner's attempt. */
  readonly sentBack?: boolean;
  readonly eventType: string;
  readonly receivedAt: UnixMillis;
  readonly processedAt?: UnixMillis;
  readonly lastError?: string;
  /** The queue message with which it failed for good or was ignored: another one is a redelivery or a replay. */
  readonly endedMessageId?: string;
  /** Where in the bucket the event is kept for a replay. */
  readonly keptBody?: string;
  /** The event itself, kept in the record: one that is small. */
  readonly keptMessage?: string;
  readonly keptAt?: UnixMillis;
}

/** Where an event stands among those that were kept on a day. */
export interface KeptPlace {
  readonly id: string;
  readonly keptAt: UnixMillis;
}

/** The ids of a page of kept events; with `next` there may be more. */
export interface KeptKeys {
  readonly ids: readonly string[];
  readonly next?: KeptPlace;
}

/** What a consumer may do about an event that is not free to claim as new. */
export type Standing =
  /** The claim is ours: only the answer to it was lost. */
  | { readonly kind: 'mine' }
  /** It ended. Nothing is left to do. */
  | { readonly kind: 'duplicate' }
  /** Another consumer works on it, and may die. */
  | { readonly kind: 'busy'; readonly wait: Seconds }
  /** Released after a failure, and due. */
  | { readonly kind: 'retry' }
  /** Released after a failure, and not due yet. */
  | { readonly kind: 'waiting'; readonly after: string; readonly until: UnixMillis }
  /** Released after a failure, and another message was sent that waits for the next attempt. */
  | { readonly kind: 'superseded' }
  /** Claimed before, lease expired, no outcome: it may have killed its worker. */
  | { readonly kind: 'suspect' };

/** Who asks, and with which queue message. */
export interface Claimant {
  /** One of a kind: see `ownerOf`. */
  readonly owner: string;
  /** The first of the queue messages that followed one another: one that was sent back counts as the one before it. */
  readonly messageId: string;
  /** Whose attempt the message follows, if it was sent back to wait. */
  readonly after?: string;
}

/** Names the owner of a claim: an invocation, working on a queue message. */
export const ownerOf = (invocationId: string, messageId: string): string => `${invocationId}/${messageId}`;

const messageOf = (owner: string): string => owner.slice(owner.lastIndexOf('/') + 1);

/** What a claim writes. */
export interface Claim extends Claimant {
  /** `source#eventId`. */
  readonly id: string;
  readonly eventType: string;
  readonly receivedAt: UnixMillis;
  readonly attempts: number;
  readonly lastError: string;
  readonly now: UnixMillis;
  readonly leaseUntil: UnixMillis;
  readonly expiresAt: UnixMillis;
}

/** Where a failed or ignored event is kept, whole, for a replay. */
export type Kept =
  | { readonly keptDay: string; readonly keptMessage: string; readonly keptBody?: undefined }
  | { readonly keptDay: string; readonly keptBody: string; readonly keptMessage?: undefined };

/**
 * Up to this size an event is kept in its record, beyond it in the bucket.
 *
 * A PUT to S3 costs as much as eight write units, and a record pays one for each KB: 4 KB are four units more, and as many
 * again when the event is claimed once more. So up to here the record is cheaper, though its storage costs ten times as much.
 */
export const maxKeptMessageBytes = 4096;

/** How an attempt ended; the record is written only while the claim is still ours. */
export type Outcome =
  | { readonly kind: 'processed' }
  | {
      readonly kind: 'retrying';
      readonly error: string;
      readonly dueAt: UnixMillis;
      /** Whether a message with this wait is on the queue: never true before it is. */
      readonly sentBack: boolean;
    }
  | { readonly kind: 'failed'; readonly error: string; readonly kept: Kept }
  | { readonly kind: 'ignored'; readonly kept: Kept };

/** It ended otherwise between our claim and its refusal, and is free now: the message comes back for it. */
const free: Standing = { kind: 'busy', wait: seconds(1) };

/** Decides what a record that refused a claim means for the consumer that was refused. */
export function standingOf(record: EventRecord, claimant: Claimant, now: UnixMillis): Standing {
  switch (record.status) {
    case 'processed':
      return { kind: 'duplicate' };
    case 'failed':
    case 'ignored':
      return record.endedMessageId === claimant.messageId ? { kind: 'duplicate' } : free;
    case 'retrying':
      return standingOfRetry(record, claimant, now);
    case 'processing':
      if (record.owner === claimant.owner) return { kind: 'mine' };
      return isLeased(record, now)
        ? { kind: 'busy', wait: secondsUntil(record.leaseUntil ?? now, now) }
        : { kind: 'suspect' };
  }
}

/**
 * Before its time nothing is tried.
 *
 * A record says `sentBack` only after the message was sent, so what is superseded may be deleted: the message that was
 * sent is on the queue, or was exchanged for one like it.
 */
function standingOfRetry(record: EventRecord, claimant: Claimant, now: UnixMillis): Standing {
  if (record.sentBack === true && isSuperseded(record, claimant)) return { kind: 'superseded' };
  if (record.dueAt === undefined || record.dueAt <= now) return { kind: 'retry' };
  return { kind: 'waiting', after: record.owner, until: record.dueAt };
}

/** It waited for an attempt that was made since, or it is the message that was sent back. */
const isSuperseded = ({ owner }: EventRecord, claimant: Claimant): boolean =>
  claimant.after !== owner &&
  (claimant.after !== undefined || messageOf(owner) === messageOf(claimant.owner));

/** Whether somebody may still be at work on it. */
export const isLeased = (record: EventRecord, now: UnixMillis): boolean =>
  record.status === 'processing' && record.leaseUntil !== undefined && record.leaseUntil > now;

/** Claims an event may have: the first, and one after each delay. */
export const maxAttempts = (handlerRetryDelays: readonly Seconds[]): number => handlerRetryDelays.length + 1;

/** What stands on the record of an event whose worker never came back. */
export const noOutcome = (attempt: number): string =>
  `no outcome: worker died or timed out in attempt ${attempt}`;

/** An item of the events table stays under the 1 KB that one write unit pays for. */
const maxErrorChars = 300;

/** The name and message of whatever was thrown, short enough for a record. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : asError(error).message;
  return text.slice(0, maxErrorChars).toWellFormed();
}
