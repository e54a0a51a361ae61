import { type FirstRun, type RunMessage, runBatch } from '../domain/batch.ts';
import { asError } from '../domain/errors.ts';
import type { Handlers } from '../domain/handler.ts';
import { describeError, type EventRecord } from '../domain/idempotency.ts';
import { consumerName } from '../domain/metrics.ts';
import { ownOf } from '../domain/own-property.ts';
import type { Source } from '../domain/provider/provider.ts';
import { seconds } from '../domain/time.ts';
import {
  attemptEvent,
  type ConsumeInvocation,
  type RunEventPorts,
  reportConsumed,
  typeLabel,
} from './attempt.ts';
import { claimEvent, type EventClaimResult, reclaimEvent } from './claim.ts';
import { deadLetter, giveUp, type MessageAnswer } from './finish-attempt.ts';
import { openMessage, type QueuedMessage, type Work } from './open-message.ts';
import type { InboundPorts } from './ports.ts';
import { findRoute, handlersOf } from './targets/find-route.ts';
import { waitOn } from './wait.ts';

export type ConsumePorts = RunEventPorts &
  Pick<
    InboundPorts<'WebhooksReceived' | 'WorkErrored'>,
    'getBody' | 'deleteMessage' | 'returnMessageAfter' | 'telemetry'
  >;

/** The team's settings and code, by source. */
export interface Team {
  readonly sources: ReadonlyMap<string, Source>;
  readonly handlers: Readonly<Record<string, Handlers>>;
}

/** The result of a batch. */
export interface Consumption {
  /** The messages that come back. */
  readonly failedMessageIds: readonly string[];
  /** A handler did not stop. The process must end, or the handler would wake beside its own retry. */
  readonly hung: boolean;
}

interface Run {
  readonly team: Team;
  readonly invocation: ConsumeInvocation;
  readonly ports: ConsumePorts;
  /** The batch has one message. Lambda deletes it when the function returns; no batch mate can prevent that. */
  readonly isAlone: boolean;
}

type Ended = RunMessage<QueuedMessage, MessageAnswer | 'hung'>;
/** An event that may have killed its worker. */
interface Suspect {
  readonly work: Work;
  readonly record: EventRecord;
}

/** Handles one batch of the source's queue: suspects last and alone, see `runBatch`. */
export async function consume(
  messages: readonly QueuedMessage[],
  invocation: ConsumeInvocation,
  team: Team,
  ports: ConsumePorts,
): Promise<Consumption> {
  const run = { team, invocation, ports, isAlone: messages.length === 1 };
  let areDeleted = false;
  const ended = await runBatch<QueuedMessage, Suspect, MessageAnswer | 'hung'>(messages, {
    first: (message) => runFirst(message, run),
    beforeSuspects: async (done) => {
      areDeleted = true;
      await deleteAcknowledged(done, run);
    },
    alone: (message, suspect, done) => runAlone(message, suspect, done, run),
    failed: (message, error) => answerFailed(message, error, run),
  });
  const hung = ended.some(isHung);
  if (hung && !areDeleted) await deleteAcknowledged(ended, run);
  return {
    failedMessageIds: ended.filter(isRetried).map(({ message }) => message.messageId),
    hung,
  };
}

const isHung = ({ result }: Ended): boolean => result === 'hung';
const isAcknowledged = ({ result }: Ended): boolean => result !== 'hung' && result.kind === 'acknowledge';
const isReplaced = ({ result }: Ended): boolean =>
  result !== 'hung' && result.kind === 'acknowledge' && result.atOnce === true;
const isRetried = (ended: Ended): boolean => !isAcknowledged(ended);

async function runFirst(
  message: QueuedMessage,
  run: Run,
): Promise<FirstRun<Suspect, MessageAnswer | 'hung'>> {
  const { invocation, team, ports } = run;
  const now = ports.now();
  const opened = await openMessage(message, { id: invocation.id, now }, team.sources, ports.getBody);
  if (opened.kind === 'early') return done(message, await waitOn(message, opened.wait, ports), run);
  if (opened.kind === 'unusable') {
    await ports.sendDeadLetter(deadLetter(message, message.messageId, opened.reason, 0, ports.now()));
    ports.telemetry.log({ messageId: message.messageId }).error('event.unusable', { reason: opened.reason });
    return done(message, { kind: 'acknowledge' }, run);
  }
  const { work } = opened;
  const claimed = await claimEvent(work.claimable, ports.now(), ports.inboundEvents);
  if (claimed.kind === 'suspect') {
    const { record } = claimed;
    return { kind: 'suspect', suspect: { work, record }, crashes: record.attempts };
  }
  return done(message, await actOnClaim(work, claimed, run), run);
}

async function done(message: QueuedMessage, result: MessageAnswer | 'hung', run: Run) {
  return { kind: 'done', result: await answerQueue(message, result, run) } as const;
}

/** Runs a suspect. One that no longer fits into the invocation returns to the queue without counting an attempt. */
async function runAlone(
  message: QueuedMessage,
  { work, record }: Suspect,
  ended: readonly Ended[],
  run: Run,
): Promise<MessageAnswer | 'hung'> {
  if (ended.some(isHung) || !run.invocation.hasTime()) return answerQueue(message, retryInOneSecond, run);
  const claimed = await reclaimEvent(work.claimable, record, run.ports.now(), run.ports.inboundEvents);
  const result = await answerQueue(message, await actOnClaim(work, claimed, run), run);
  await deleteAcknowledged([{ message, result }], run);
  return result;
}

const retryInOneSecond: MessageAnswer = { kind: 'fail', after: seconds(1) };
/** For a message whose table cannot be reached. A visibility timeout may be an hour, and SQS limits messages in flight. */
const retryInFiveMinutes: MessageAnswer = { kind: 'fail', after: seconds(300) };

/** Does what the claim allows. */
async function actOnClaim(work: Work, result: EventClaimResult, run: Run): Promise<MessageAnswer | 'hung'> {
  const { invocation, team, ports } = run;
  const startedAt = ports.now();
  const handlers = handlersOf(work.source, ownOf(team.handlers, work.event.source));
  const reported = (status: string, queueAnswer: MessageAnswer | 'hung', attempt?: number) => {
    const label = typeLabel(findRoute(work.source, handlers, work.event.type, ports));
    reportConsumed(work.event, label, { status, attempt, durationMs: ports.now() - startedAt }, ports);
    return queueAnswer;
  };
  switch (result.kind) {
    case 'claimed': {
      const end = await attemptEvent(work, result.claim, handlers, invocation, ports);
      if (end === 'hung') return reported('hung', 'hung', result.claim.attempts);
      return reported(end.ending, end.queueAnswer, result.claim.attempts);
    }
    case 'exhausted': {
      const end = await giveUp(work, result.claim, result.claim.lastError, ports.now(), ports);
      return reported(end.ending, end.queueAnswer, result.claim.attempts);
    }
    case 'duplicate':
      return reported('duplicate', { kind: 'acknowledge' });
    case 'superseded':
      return reported('superseded', { kind: 'acknowledge' });
    case 'busy':
      return reported('busy', { kind: 'fail', after: result.wait });
    case 'waiting':
      return reported('waiting', await waitOn(work.message, result.wait, ports));
    case 'suspect':
      return retryInOneSecond;
  }
}

/** Logs a fault of ours, and makes the message come back. */
async function answerFailed(
  message: QueuedMessage,
  error: unknown,
  { ports, team }: Run,
): Promise<MessageAnswer> {
  ports.telemetry.log({ messageId: message.messageId }).error('event.errored', {}, asError(error));
  ports.telemetry.count('WorkErrored', { consumer: consumerName([...team.sources.keys()]) });
  await setReturn(message, retryInFiveMinutes, ports).catch(() => undefined);
  return retryInFiveMinutes;
}

/** Sets when a failed message comes back. Deletes a replaced message at once. */
async function answerQueue<Result extends MessageAnswer | 'hung'>(
  message: QueuedMessage,
  result: Result,
  run: Run,
): Promise<Result> {
  await setReturn(message, result, run.ports);
  if (isReplaced({ message, result }) && !run.isAlone) await deleteAll([message], run);
  return result;
}

async function setReturn(
  { receiptHandle }: QueuedMessage,
  result: MessageAnswer | 'hung',
  ports: ConsumePorts,
): Promise<void> {
  if (result === 'hung' || result.kind !== 'fail' || result.after === undefined) return;
  await ports.returnMessageAfter(receiptHandle, result.after);
}

/** Deletes the acknowledged messages: they would come back if the process ended before the function's response. */
const deleteAcknowledged = (ended: readonly Ended[], run: Run): Promise<void> =>
  deleteAll(
    ended.filter((end) => isAcknowledged(end) && !isReplaced(end)).map(({ message }) => message),
    run,
  );

/** Deletes messages. Lambda deletes those that fail here, because the response does not name them as failed. */
async function deleteAll(messages: readonly QueuedMessage[], { ports }: Run): Promise<void> {
  const deletions = messages.map(({ receiptHandle }) => ports.deleteMessage(receiptHandle));
  for (const { reason } of (await Promise.allSettled(deletions)).filter((end) => end.status === 'rejected')) {
    ports.telemetry.log({}).warn('message.delete-failed', { reason: describeError(reason) });
  }
}
