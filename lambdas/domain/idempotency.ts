import { hash } from 'node:crypto';
import { asError } from './errors.ts';
import { fitsInItem, type StoredText } from './stored-text.ts';
import { inboundKeys } from './tables.ts';
import { type Seconds, seconds, secondsUntil, type UnixMillis } from './time.ts';

/**
 * Makes the key of an event, because a provider's id is unique only within its source.
 *
 * A source's name has no `#`, so the first one ends it.
 */
export const eventKey = inboundKeys.event;

/** Returns the source in an event's key. */
export const sourceIn = (key: string): string => key.slice(0, Math.max(0, key.indexOf('#')));

/** The states of an event; `processing` and `retrying` are unfinished. */
export const eventStatuses = ['processing', 'retrying', 'processed', 'failed', 'ignored'] as const;
type EventStatus = (typeof eventStatuses)[number];

/** The record of one event: who works on it, or how it ended. */
export interface EventRecord {
  readonly id: string;
  readonly status: EventStatus;
  /** The owner of the last claim. */
  readonly owner: string;
  /** Claims since the event was new, or redelivered or replayed after its end. */
  readonly attempts: number;
  /** Only while `processing`. */
  readonly leaseUntil?: UnixMillis;
  /** Only while `retrying`: when the next attempt is due. */
  readonly dueAt?: UnixMillis;
  /** Only while `retrying`: a message that waits for `dueAt` was sent after this owner's attempt. */
  readonly sentBack?: boolean;
  readonly eventType: string;
  readonly receivedAt: UnixMillis;
  readonly processedAt?: UnixMillis;
  readonly lastError?: string;
  /** The queue message with which the event failed or was ignored. Any other is a redelivery or a replay. */
  readonly endedMessageId?: string;
  /** The key of the object that keeps the event for a replay. */
  readonly keptBody?: string;
  /** The kept event itself, if it is small; see `readStoredText`. */
  readonly keptMessage?: StoredText;
  readonly keptAt?: UnixMillis;
}

/** The place of an event in the list of a day's kept events. */
export interface KeptPlace {
  readonly id: string;
  readonly keptAt: UnixMillis;
}

/** The ids of a page of kept events. `next` is there when more may follow. */
export interface KeptKeys {
  readonly ids: readonly string[];
  readonly next?: KeptPlace;
}

/** The state of an event whose claim was refused, as the consumer sees it. */
export type Standing =
  /** The claim is ours; only the response to it was lost. */
  | { readonly kind: 'mine' }
  /** The event has ended. Nothing is left to do. */
  | { readonly kind: 'duplicate' }
  /** Another consumer works on it and may still die. */
  | { readonly kind: 'busy'; readonly wait: Seconds }
  /** Released after a failure, and due. */
  | { readonly kind: 'retry' }
  /** Released after a failure, not due yet. */
  | { readonly kind: 'waiting'; readonly after: string; readonly until: UnixMillis }
  /** Released after a failure; another message waits for the next attempt. */
  | { readonly kind: 'superseded' }
  /** Claimed before, the lease has expired without an outcome: the event may have killed its worker. */
  | { readonly kind: 'suspect' };

/** A consumer that claims an event, and its queue message. */
export interface Claimant {
  /** Unique: see `ownerOf`. */
  readonly owner: string;
  /** The first message of its chain: a message that was sent back counts as the one before it. */
  readonly messageId: string;
  /** The owner of the failed attempt, if the message was sent back. */
  readonly after?: string;
}

/**
 * Names the owner of a claim: an invocation that works on a queue message. Both are shortened, since every record keeps it for
 * weeks: two owners of one event are the same with a probability of 1 in 2^64.
 */
export const ownerOf = (invocationId: string, messageId: string): string =>
  `${shortened(invocationId)}/${shortened(messageId)}`;

const shortLength = 11;
/** 64 bits of a hash. */
const shortened = (id: string): string => hash('sha256', id, 'base64url').slice(0, shortLength);

/** The message of an owner; version 0.1.0 did not shorten it. */
function messageOf(owner: string): string {
  const message = owner.slice(owner.lastIndexOf('/') + 1);
  return message.length > shortLength ? shortened(message) : message;
}

/** The data that a claim writes. */
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

/** Where a failed or ignored event is kept for a replay: in its record or in the bucket. */
export type Kept =
  | { readonly keptDay: string; readonly keptMessage: string; readonly keptBody?: undefined }
  | { readonly keptDay: string; readonly keptBody: string; readonly keptMessage?: undefined };

/**
 * The most that a kept event takes of its record, compressed or not; a larger one goes into the bucket.
 *
 * A PUT to S3 costs as much as eight write units. A record costs one unit for each KB, so 4 KB add four units, and four
 * more when the event is claimed again. Up to this size the record is cheaper, though its storage costs ten times as
 * much.
 */
const maxKeptMessageBytes = 4096;

/** Whether an event is kept in its record. */
export const isKeptInRecord = (message: string): boolean => fitsInItem(message, maxKeptMessageBytes);

/** How an attempt ended. It is recorded only if the claim is still ours. */
export type Outcome =
  | { readonly kind: 'processed' }
  | {
      readonly kind: 'retrying';
      readonly error: string;
      readonly dueAt: UnixMillis;
      /** Whether a message with this wait is on the queue; never set before it was sent. */
      readonly sentBack: boolean;
    }
  | { readonly kind: 'failed'; readonly error: string; readonly kept: Kept }
  | { readonly kind: 'ignored'; readonly kept: Kept };

/** The event has changed since the claim was refused and is free now: the message is retried. */
const free: Standing = { kind: 'busy', wait: seconds(1) };

/** Decides what the record of a refused claim means for the consumer. */
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
 * Decides for an event that was released after a failure.
 *
 * A record has `sentBack` only after the message was sent. So a superseded message may be deleted: the newer message,
 * or its successor, is on the queue.
 */
function standingOfRetry(record: EventRecord, claimant: Claimant, now: UnixMillis): Standing {
  if (record.sentBack === true && isSuperseded(record, claimant)) return { kind: 'superseded' };
  if (record.dueAt === undefined || record.dueAt <= now) return { kind: 'retry' };
  return { kind: 'waiting', after: record.owner, until: record.dueAt };
}

/** Whether the message waited for an attempt that has been made since, or was itself sent back. */
const isSuperseded = ({ owner }: EventRecord, claimant: Claimant): boolean =>
  claimant.after !== owner &&
  (claimant.after !== undefined || messageOf(owner) === messageOf(claimant.owner));

/** Whether a worker may still be working on the event. */
export const isLeased = (record: EventRecord, now: UnixMillis): boolean =>
  record.status === 'processing' && record.leaseUntil !== undefined && record.leaseUntil > now;

/** The most claims of an event: the first, and one after each delay. */
export const maxAttempts = (handlerRetryDelays: readonly Seconds[]): number => handlerRetryDelays.length + 1;

/** The error in the record of an event whose worker died. */
export const noOutcome = (attempt: number): string =>
  `no outcome: worker died or timed out in attempt ${attempt}`;

/** Keeps an item of the events table under 1 KB, the size of one write unit. */
const maxErrorChars = 300;

/** The name and message of a thrown value, short enough for a record. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : asError(error).message;
  return text.slice(0, maxErrorChars).toWellFormed();
}
