import { asError } from '../domain/errors.ts';
import type { Handlers } from '../domain/handler.ts';
import { describeError, type EventRecord } from '../domain/idempotency.ts';
import { consumerName } from '../domain/metrics.ts';
import { ownOf } from '../domain/own-property.ts';
import type { Source } from '../domain/provider/provider.ts';
import { type Seconds, seconds } from '../domain/time.ts';
import { type AttemptPorts, attemptEvent, type Invocation, reportConsumed, typeLabel } from './attempt.ts';
import { type ClaimResult, claimEvent, reclaimEvent } from './claim.ts';
import { deadLetter, giveUp, type QueueAnswer } from './finish-attempt.ts';
import { openMessage, type QueuedMessage, type Work } from './open-message.ts';
import { waitOn } from './wait.ts';

/** What the consumer needs of the outside world. */
export interface ConsumePorts extends AttemptPorts {
  getBody(key: string): Promise<Uint8Array | undefined>;
  deleteMessage(receiptHandle: string): Promise<void>;
  /** Until then the message has one of the queue's places for messages in flight. */
  returnMessageAfter(receiptHandle: string, after: Seconds): Promise<void>;
}

/** The team's settings and code, by source. */
export interface Team {
  readonly sources: ReadonlyMap<string, Source>;
  readonly handlers: Readonly<Record<string, Handlers>>;
}

/** What the function answers. */
export interface Consumption {
  /** The messages that come back. */
  readonly failedMessageIds: readonly string[];
  /** A handler did not stop: the process must end, or the handler would wake beside its own retry. */
  readonly hung: boolean;
}

interface Run {
  readonly team: Team;
  readonly invocation: Invocation;
  readonly ports: ConsumePorts;
  /** Alone in its batch a message has no mates, and Lambda deletes it. */
  readonly isAlone: boolean;
}

/** A message after its turn. */
interface Ended {
  readonly message: QueuedMessage;
  readonly queueAnswer: QueueAnswer | 'hung';
}
/** A message whose turn is yet to come. */
interface Suspect {
  readonly work: Work;
  readonly record: EventRecord;
}

/**
 * Works through one batch of the source's queue.
 *
 * Everything but suspects runs at once. A suspect, which may have killed its worker, runs last and alone: after its
 * batch mates are recorded and deleted, the fewest attempts first, so that a killer takes nobody with it.
 */
export async function consume(
  messages: readonly QueuedMessage[],
  invocation: Invocation,
  team: Team,
  ports: ConsumePorts,
): Promise<Consumption> {
  const run = { team, invocation, ports, isAlone: messages.length === 1 };
  const turns = await Promise.all(
    messages.map((message) => runIsolated(message, run, () => consumeOne(message, run))),
  );
  const ended = turns.filter((turn) => 'queueAnswer' in turn);
  const suspects = turns.filter((turn) => 'record' in turn);
  if (suspects.length > 0 || ended.some(isHung)) await deleteAcknowledged(ended, run);
  const all = [...ended, ...(await runSuspects(suspects, ended.some(isHung), run))];
  return {
    failedMessageIds: all.filter(isRetried).map(({ message }) => message.messageId),
    hung: all.some(isHung),
  };
}

const isHung = ({ queueAnswer }: Ended): boolean => queueAnswer === 'hung';
const isAcknowledged = ({ queueAnswer }: Ended): boolean =>
  queueAnswer !== 'hung' && queueAnswer.kind === 'acknowledge';
const isReplaced = ({ queueAnswer }: Ended): boolean =>
  queueAnswer !== 'hung' && queueAnswer.kind === 'acknowledge' && queueAnswer.atOnce === true;
const isRetried = (ended: Ended): boolean => !isAcknowledged(ended);

async function consumeOne(message: QueuedMessage, run: Run): Promise<Ended | Suspect> {
  const { invocation, team, ports } = run;
  const now = ports.now();
  const opened = await openMessage(message, { id: invocation.id, now }, team.sources, ports.getBody);
  if (opened.kind === 'early') return { message, queueAnswer: await waitOn(message, opened.wait, ports) };
  if (opened.kind === 'unusable') {
    await ports.sendDeadLetter(deadLetter(message, message.messageId, opened.reason, 0, ports.now()));
    ports.telemetry.log({ messageId: message.messageId }).error('event.unusable', { reason: opened.reason });
    return { message, queueAnswer: { kind: 'acknowledge' } };
  }
  const { work } = opened;
  const result = await claimEvent(work.claimable, ports.now(), ports.claims);
  if (result.kind === 'suspect') return { work, record: result.record };
  return { message, queueAnswer: await actOnClaim(work, result, run) };
}

/** Suspects one by one; those that the time does not reach come back uncounted. */
async function runSuspects(suspects: readonly Suspect[], isOver: boolean, run: Run): Promise<Ended[]> {
  const inOrder = [...suspects].sort((a, b) => a.record.attempts - b.record.attempts);
  const ended: Ended[] = [];
  for (const { work, record } of inOrder) {
    const { message } = work;
    if (isOver || ended.some(isHung) || !run.invocation.hasTime()) {
      ended.push(await runIsolated(message, run, async () => ({ message, queueAnswer: retryInOneSecond })));
      continue;
    }
    const turn = await runIsolated(message, run, async () => {
      const result = await reclaimEvent(work.claimable, record, run.ports.now(), run.ports.claims);
      return { message, queueAnswer: await actOnClaim(work, result, run) };
    });
    await deleteAcknowledged([turn], run);
    ended.push(turn);
  }
  return ended;
}

const retryInOneSecond: QueueAnswer = { kind: 'fail', after: seconds(1) };
/** When a table cannot be reached: a visibility timeout may be an hour, and messages in flight are counted. */
const retryInFiveMinutes: QueueAnswer = { kind: 'fail', after: seconds(300) };

/** Does what the claim allows. */
async function actOnClaim(work: Work, result: ClaimResult, run: Run): Promise<QueueAnswer | 'hung'> {
  const { invocation, team, ports } = run;
  const startedAt = ports.now();
  const reported = (status: string, queueAnswer: QueueAnswer | 'hung', attempt?: number) => {
    const label = typeLabel(ownOf(team.handlers, work.event.source), work.event.type);
    reportConsumed(work.event, label, { status, attempt, durationMs: ports.now() - startedAt }, ports);
    return queueAnswer;
  };
  switch (result.kind) {
    case 'claimed': {
      const handlers = ownOf(team.handlers, work.event.source);
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

/** Runs a message's turn; whatever goes wrong fails this message only. */
async function runIsolated<Turn extends Ended | Suspect>(
  message: QueuedMessage,
  run: Run,
  turn: () => Promise<Turn>,
): Promise<Turn | Ended> {
  const { ports, team } = run;
  try {
    const result = await turn();
    if ('queueAnswer' in result) {
      await setReturn(result, ports);
      if (isReplaced(result) && !run.isAlone) await deleteAll([result], run);
    }
    return result;
  } catch (error) {
    const cause = asError(error);
    ports.telemetry.log({ messageId: message.messageId }).error('event.errored', {}, cause);
    ports.telemetry.count('WorkErrored', { consumer: consumerName([...team.sources.keys()]) });
    const failed = { message, queueAnswer: retryInFiveMinutes };
    await setReturn(failed, ports).catch(() => undefined);
    return failed;
  }
}

/** Tells the queue when a failed message comes back. */
async function setReturn({ message, queueAnswer }: Ended, ports: ConsumePorts): Promise<void> {
  if (queueAnswer === 'hung' || queueAnswer.kind !== 'fail' || queueAnswer.after === undefined) return;
  await ports.returnMessageAfter(message.receiptHandle, queueAnswer.after);
}

/** What is done must not come back when the process ends before it can answer. */
const deleteAcknowledged = (ended: readonly Ended[], run: Run): Promise<void> =>
  deleteAll(
    ended.filter((end) => isAcknowledged(end) && !isReplaced(end)),
    run,
  );

/** What cannot be deleted is left to Lambda, which deletes what the answer does not name. */
async function deleteAll(done: readonly Ended[], { ports }: Run): Promise<void> {
  const deletions = done.map(({ message }) => ports.deleteMessage(message.receiptHandle));
  for (const { reason } of (await Promise.allSettled(deletions)).filter((end) => end.status === 'rejected')) {
    ports.telemetry.log({}).warn('message.delete-failed', { reason: describeError(reason) });
  }
}
