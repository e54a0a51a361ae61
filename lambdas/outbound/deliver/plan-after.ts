import { type AttemptOutcome, describeOutcome } from '../../domain/attempt-outcome.ts';
import { nextStep } from '../../domain/delivery.ts';
import type { Failure } from '../../domain/delivery-failure.ts';
import {
  type AttemptEntry,
  type AttemptRecord,
  type ClaimedDelivery,
  type DiscardRecord,
  type FailureRecord,
  type RetryRecord,
  type SuccessEntry,
  type SuccessRecord,
  withEntry,
} from '../../domain/delivery-record.ts';
import type { TaskQueue } from '../../domain/delivery-task.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { dueForRetry } from '../../domain/retry-schedule.ts';
import {
  later,
  type Millis,
  type Seconds,
  seconds,
  toUnixSeconds,
  type UnixMillis,
} from '../../domain/time.ts';
import { isNearDeadline, nearDeadline, renewedDeadline } from './past-deadline.ts';

/** How the claim of a delivery ended. */
export type ClaimEnd =
  /** The request was sent. `took`: the time to the response. */
  | {
      readonly kind: 'made';
      readonly outcome: AttemptOutcome;
      readonly startedAt: UnixMillis;
      readonly took: Millis;
    }
  /** No attempt may be made any more. */
  | ({ readonly kind: 'failed' } & Failure)
  /** Its endpoint does not exist any more. */
  | { readonly kind: 'discarded'; readonly reason: string }
  /** There was no response within a deadline that is shorter than the endpoint's own. Does not count as an attempt. */
  | { readonly kind: 'cut'; readonly took: Millis }
  /** A fault of our own kept the request from being sent. Counts neither as an attempt nor as a crash. */
  | { readonly kind: 'unready'; readonly error: Error };

/** What is recorded after a claim, and what follows the record. */
export type Plan =
  /** Nothing follows. */
  | { readonly kind: 'delivered'; readonly record: SuccessRecord; readonly entry: SuccessEntry }
  /** The next task follows, to a queue if the plan names it. */
  | {
      readonly kind: 'retry';
      readonly record: RetryRecord;
      readonly delay: Seconds;
      readonly queue?: TaskQueue;
    }
  /** The dead letter follows. */
  | { readonly kind: 'fail'; readonly record: FailureRecord }
  /** Nothing follows. */
  | { readonly kind: 'discard'; readonly record: DiscardRecord };

/** When it is planned, and a number from 0 to 1. */
interface Moment {
  readonly now: UnixMillis;
  readonly random: number;
}

const atOnce = seconds(0);
/** The delay before a postponed attempt looks again for what was missing. */
const unreadyDelay = seconds(60);
/** By then the last effects of a failed delivery are done, unless its worker died. */
const deadLetterGrace = seconds(60);

/** Decides what follows the end of a claim. Pure: `finish` carries it out. */
export function planAfter(
  end: ClaimEnd,
  delivery: ClaimedDelivery,
  settings: OutboundSettings,
  moment: Moment,
): Plan {
  const { now } = moment;
  const { attempts, attemptLog, lastAttemptAt } = delivery;
  const before = { attempts, attemptLog, lastAttemptAt };
  const expiresAt = toUnixSeconds(later(now, settings.deliveryRetention));
  switch (end.kind) {
    case 'made':
      return planAfterAttempt(end, delivery, settings, moment);
    case 'failed':
      return { kind: 'fail', record: failed(before, end, settings, now) };
    case 'discarded':
      return {
        kind: 'discard',
        record: { ...before, status: 'discarded', lastError: end.reason, expiresAt },
      };
    case 'cut': {
      const lastError = `no response within ${Math.round(end.took / 1000)} s: asked again with more time`;
      const { waitsSince: _, ...record } = retried(before, lastError, delivery, atOnce, now);
      const deadline = record.deadline ?? (isNearDeadline(delivery, now) ? nearDeadline(now) : undefined);
      return { kind: 'retry', delay: atOnce, queue: 'sideline', record: { ...record, deadline } };
    }
    case 'unready': {
      const lastError = `not sent: ${end.error.name}: ${end.error.message}`;
      const record = retried(before, lastError, delivery, unreadyDelay, now);
      return { kind: 'retry', delay: unreadyDelay, record: { ...record, cause: 'unready' } };
    }
  }
}

function planAfterAttempt(
  { outcome, startedAt, took }: Extract<ClaimEnd, { kind: 'made' }>,
  delivery: ClaimedDelivery,
  settings: OutboundSettings,
  { now, random }: Moment,
): Plan {
  const n = delivery.attempts + 1;
  const next = nextStep(outcome, n - delivery.attemptsBefore, settings, random);
  const entry = { n, at: startedAt, ms: Math.round(took), ...seenIn(outcome) };
  if (next.kind === 'delivered') {
    const success = { ...entry, status: next.status };
    return { kind: 'delivered', entry: success, record: succeeded(delivery, success, settings, now) };
  }
  const after = factsAfter(delivery, entry);
  return next.kind === 'fail'
    ? { kind: 'fail', record: failed(after, next, settings, now) }
    : { ...next, record: retried(after, describeOutcome(outcome), delivery, next.delay, now) };
}

/** What the log says of an outcome. */
function seenIn(outcome: AttemptOutcome): Omit<AttemptEntry, 'n' | 'at' | 'ms'> {
  const location = outcome.kind === 'refused' ? outcome.location : undefined;
  const phase = outcome.kind === 'unreachable' ? outcome.phase : undefined;
  return 'status' in outcome
    ? { status: outcome.status, location, sample: outcome.sample }
    : { error: describeOutcome(outcome), phase };
}

type AttemptFacts = Pick<AttemptRecord, 'attempts' | 'attemptLog' | 'lastAttemptAt'>;

const factsAfter = (
  { attemptLog }: Pick<ClaimedDelivery, 'attemptLog'>,
  entry: AttemptEntry,
): AttemptFacts => ({
  attempts: entry.n,
  attemptLog: withEntry(attemptLog, entry),
  lastAttemptAt: entry.at,
});

/** The record of a success. */
export const succeeded = (
  delivery: Pick<ClaimedDelivery, 'attemptLog'>,
  entry: SuccessEntry,
  { deliveryRetention }: Pick<OutboundSettings, 'deliveryRetention'>,
  now: UnixMillis,
): SuccessRecord => ({
  ...factsAfter(delivery, entry),
  status: 'delivered',
  expiresAt: toUnixSeconds(later(now, deliveryRetention)),
});

function retried(
  facts: AttemptFacts,
  lastError: string,
  delivery: ClaimedDelivery,
  delay: Seconds,
  now: UnixMillis,
): RetryRecord {
  const nextAttemptAt = later(now, delay);
  const dueAt = dueForRetry(nextAttemptAt, delay);
  const deadline = renewedDeadline(delivery, now);
  return { ...facts, status: 'pending', lastError, nextAttemptAt, waitsSince: now, dueAt, deadline };
}

/** The dead letter is sent at once; if that is not done soon, the sweep sends it. */
const failed = (
  facts: AttemptFacts,
  { cause, reason }: Failure,
  { deliveryRetention }: OutboundSettings,
  now: UnixMillis,
): FailureRecord => ({
  ...facts,
  status: 'failed',
  cause,
  lastError: reason,
  dueAt: later(now, deadLetterGrace),
  expiresAt: toUnixSeconds(later(now, deliveryRetention)),
});
