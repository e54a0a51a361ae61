import { inlineMessage } from '../domain/event.ts';
import { type Claim, describeError, isKeptInRecord, type Kept } from '../domain/idempotency.ts';
import { type DeadLetter, maxMessageBytes, serialiseMessage, utf8Bytes } from '../domain/messages.ts';
import { bodyHash } from '../domain/provider/body-hash.ts';
import { keptPrefix } from '../domain/tables.ts';
import { later, type Seconds, type UnixMillis, utcDay } from '../domain/time.ts';
import type { QueuedMessage, Work } from './open-message.ts';
import type { InboundPorts } from './ports.ts';
import { mustLeave, replaced, returnFor, trySendBack, type WaitPorts } from './wait.ts';

export type FinishEventPorts = WaitPorts & Pick<InboundPorts, 'inboundEvents' | 'putBody' | 'sendDeadLetter'>;

/** What the queue does with a message. */
export type MessageAnswer =
  /** `atOnce`: deleted before its batch ends, because a batch mate may end the process. */
  | { readonly kind: 'acknowledge'; readonly atOnce?: true }
  /** It comes back after `after`, or after the queue's visibility timeout. */
  | { readonly kind: 'fail'; readonly after?: Seconds };

/** How an event ended, for the log and the metrics. */
type Ending = 'processed' | 'retrying' | 'failed' | 'ignored' | 'lost-claim';

/** A queue answer, and the ending that led to it. */
export interface FinishedAttempt {
  readonly queueAnswer: MessageAnswer;
  readonly ending: Ending;
}

const acknowledge: MessageAnswer = { kind: 'acknowledge' };

/** Records a success. A worker that has lost its claim does not acknowledge its message. */
export async function finishSuccess(
  claim: Claim,
  now: UnixMillis,
  ports: FinishEventPorts,
): Promise<FinishedAttempt> {
  const isOurs = await ports.inboundEvents.finish(claim, { kind: 'processed' }, now);
  return isOurs ? { queueAnswer: acknowledge, ending: 'processed' } : lostClaim;
}

/** Releases the event for its next attempt, or gives it up after the last one. */
export async function finishFailure(
  work: Work,
  claim: Claim,
  failure: { readonly error: unknown; readonly isPermanent: boolean },
  now: UnixMillis,
  ports: FinishEventPorts,
): Promise<FinishedAttempt> {
  const error = describeError(failure.error);
  const delay = work.claimable.handlerRetryDelays[claim.attempts - 1];
  if (failure.isPermanent || delay === undefined) return giveUp(work, claim, error, now, ports);
  return releaseFor(delay, work, { ...claim, lastError: error }, now, ports);
}

/**
 * Releases an event until its next attempt is due.
 *
 * A long wait takes three steps: send the message that waits, record the failure, acknowledge the old message. After a
 * crash before the record, the old message comes back and finds an attempt without an outcome; the new one, if it was
 * sent, is superseded later. After a crash behind the record, the old message is superseded at once. In another order, a
 * crash could leave a record of a wait whose message was never sent.
 */
async function releaseFor(
  delay: Seconds,
  { message }: Work,
  claim: Claim,
  now: UnixMillis,
  ports: FinishEventPorts,
): Promise<FinishedAttempt> {
  const dueAt = later(now, delay);
  const wait = { after: claim.owner, notBefore: dueAt, origin: claim.messageId };
  const sentBack = mustLeave(delay) && (await trySendBack(message, wait, ports));
  const outcome = { kind: 'retrying', error: claim.lastError, dueAt, sentBack } as const;
  if (!(await ports.inboundEvents.finish(claim, outcome, now))) return lostClaim;
  return { queueAnswer: sentBack ? replaced : returnFor(delay), ending: 'retrying' };
}

/**
 * Gives an event up in four steps: keep its body, send the dead letter, record the end, acknowledge the message.
 *
 * After a crash, the steps before it are repeated. In another order, a crash could leave a failed event without a dead
 * letter.
 */
export async function giveUp(
  work: Work,
  claim: Claim,
  error: string,
  now: UnixMillis,
  ports: FinishEventPorts,
): Promise<FinishedAttempt> {
  const kept = await keepEvent(work, now, ports);
  await ports.sendDeadLetter(deadLetter(work.message, claim.id, error, claim.attempts, now));
  const isOurs = await ports.inboundEvents.finish(claim, { kind: 'failed', error, kept }, now);
  return isOurs ? { queueAnswer: acknowledge, ending: 'failed' } : lostClaim;
}

/** Records that the event has no handler. Its body is kept, so that a handler added later can get it by a replay. */
export async function finishIgnored(
  work: Work,
  claim: Claim,
  now: UnixMillis,
  ports: FinishEventPorts,
): Promise<FinishedAttempt> {
  const kept = await keepEvent(work, now, ports);
  const isOurs = await ports.inboundEvents.finish(claim, { kind: 'ignored', kept }, now);
  return isOurs ? { queueAnswer: acknowledge, ending: 'ignored' } : lostClaim;
}

/**
 * Makes the dead letter of a message. Put back on the queue, its event runs at once.
 *
 * A message near SQS's limit does not fit when it is escaped once more. It is sent unchanged, like one that SQS moves.
 */
export function deadLetter(
  { text }: QueuedMessage,
  id: string,
  reason: string,
  attempts: number,
  at: UnixMillis,
): string {
  const letter: DeadLetter = { v: 1, kind: 'inbound', id, reason, at, attempts, message: text };
  const body = serialiseMessage(letter);
  return utf8Bytes(body) <= maxMessageBytes ? body : text;
}

const lostClaim: FinishedAttempt = { queueAnswer: { kind: 'fail' }, ending: 'lost-claim' };

/**
 * Keeps the whole event with its body, so that a replay does not need the queue's message.
 *
 * A small event is kept in its record, by the write that ends it. A large one is stored in the bucket before that, under
 * the hash of its content.
 */
async function keepEvent(work: Work, now: UnixMillis, ports: FinishEventPorts): Promise<Kept> {
  const text = work.body === undefined ? work.message.text : inlineMessage(work.event, work.body);
  const keptDay = `${work.event.source}#${utcDay(now)}`;
  if (isKeptInRecord(text)) return { keptDay, keptMessage: text };
  const content = Buffer.from(text);
  const key = `${keptPrefix(work.event.source)}${bodyHash(content)}`;
  await ports.putBody(key, content);
  return { keptDay, keptBody: key };
}
