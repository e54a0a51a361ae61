import { defineHandlers } from '../../../lambdas/domain/handler.ts';
import type { EventRecord } from '../../../lambdas/domain/idempotency.ts';
import { DeadLetter, parseMessage } from '../../../lambdas/domain/messages.ts';
import { providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import { keptPrefix } from '../../../lambdas/domain/tables.ts';
import { seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import { type ConsumePorts, consume } from '../../../lambdas/inbound/consume.ts';
import { replayEvent } from '../../../lambdas/inbound/replay.ts';
import { memoryQueue, type ReceivedMessage } from '../../../testing/memory/queue.ts';
import { noTargets } from '../../../testing/memory/targets.ts';
import { memoryBucket } from '../../support/memory/bucket.ts';
import { inboundTable } from '../../support/worlds/inbound-tables.ts';
import { sourceSettings } from '../../support/worlds/inbound-world.ts';
import { type CrashPoint, crashScript, withEveryCall } from '../crash-script.ts';
import { workOff } from '../event-source-mapping.ts';
import { argsOfCall, nameOfCall, type Step, withArguments } from '../port-call.ts';
import { type Order, simulatedTime } from '../simulated-time.ts';
import { does, messageOf } from './doings.ts';
import { messageRules } from './message-rules.ts';
import { functionTimeoutMs, journalOf, mustNotBeReplayed, type Observed, runLog } from './observed.ts';
import type { Phase, Scenario, Variant } from './scenario.ts';
import { type LoggedRun, targetService } from './target-service.ts';

/** Five attempts: two faults and a killer in the batch leave one that succeeds. */
const usualDelays = [5, 120, 1000, 60];
/** How often the handler of an event may begin. */
export const maxRunsOf = ({ handlerRetryDelays = usualDelays }: Scenario): number =>
  handlerRetryDelays.length + 1;
const lease = seconds(65);
const visibilityTimeout = seconds(70);
/** Past the lease and the visibility timeout, so that another worker has the event meanwhile. */
const usualStallMs = 100_000;
const dayMs = 86_400_000;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** How a scenario is played. */
export interface WorldOptions {
  /** Decides the order of calls that wait for their turn. */
  readonly seed?: number | Order;
  readonly variant?: Variant;
  /** Gets each write with the port call that made it. */
  readonly watch?: (step: Step) => void;
}

/** One source with its queue, DLQ, table, bucket, function and clock. The function's code is real, all else is simulated. */
export function crashWorld(
  scenario: Scenario,
  points: readonly CrashPoint[],
  { seed, variant = scenario.variant, watch }: WorldOptions = {},
) {
  const time = simulatedTime(seed);
  const { stallMs = usualStallMs } = scenario;
  const handlerRetryDelays = (scenario.handlerRetryDelays ?? usualDelays).map(seconds);
  /** A stalled process is one that Lambda does not end in time. */
  const timeoutMs = functionTimeoutMs + (points.some(({ fault }) => fault === 'stalls') ? 2 * stallMs : 0);
  const hasRejects = points.some(({ fault }) => fault === 'rejects');
  const { target } = scenario;
  const service = targetService(target ?? 'bus');
  const settings = sourceSettings({ handlerRetryDelays, lease, to: target && service.to });
  const sources = new Map([[settings.name, { settings, provider: providerOf(settings) }]]);
  const script = crashScript(points, { moment: () => moment(), stall: () => time.sleep(stallMs) });
  const inboundEvents = inboundTable(script.requests.hooks);
  const { records, onWrite, ...unwatched } = inboundEvents;
  const store = watch === undefined ? unwatched : withArguments('inboundEvents.', unwatched);
  if (watch !== undefined)
    onWrite((write) => watch({ ...write, name: nameOfCall(), args: argsOfCall(), now: time.now() }));
  const journal = journalOf({ records, onWrite }, time.now);
  const log = runLog(journal, time.now);
  /** What changes without a port call: the clock, and how the runs of handlers ended. */
  const moment = () => `${time.now()} ms, ${log.ended()} runs ended`;
  const bucket = memoryBucket();
  const deadLetters: DeadLetter[] = [];
  const moved: string[] = [];
  const batches = new Map<string, readonly ReceivedMessage[]>();
  const startedAt = new Map<string, UnixMillis>();
  const undeleted: string[] = [];
  const wrongReplays: string[] = [];
  const lostClaims = new Set<string>();
  const deletedUnowned: string[] = [];
  const notOurs: string[] = [];
  const statuses = new Map<string, number>();
  const counts = { sentBack: 0, claims: 0, longestReturn: seconds(0) };
  let [phase, invocations] = [0, 0];
  const redrive = {
    maxReceiveCount: scenario.maxReceiveCount ?? 100,
    to: ({ text }: { readonly text: string }) => void moved.push(text),
  };
  const queue = memoryQueue(time.now, visibilityTimeout, { redrive });

  const rules = messageRules(inboundEvents, queue, time.now);
  const watchedStore = rules.watched(store);
  const realPorts: ConsumePorts = {
    now: time.now,
    inboundEvents: {
      ...watchedStore,
      claim: async (claim) => {
        counts.claims++;
        return watchedStore.claim(claim);
      },
      async finish(claim, outcome, now) {
        const isOurs = await store.finish(claim, outcome, now);
        if (!isOurs) lostClaims.add(claim.owner);
        else if (!log.hasEnded(claim, outcome)) notOurs.push(claim.id);
        return isOurs;
      },
    },
    getBody: bucket.get,
    putBody: bucket.put,
    sendDeadLetter: async (text) => void deadLetters.push(parseMessage(DeadLetter, 'dead letter', text)),
    deleteMessage: async (receiptHandle) => {
      rules.deleted(receiptHandle);
      await queue.delete(receiptHandle);
    },
    returnMessageAfter: async (receiptHandle, after) => {
      counts.longestReturn = seconds(Math.max(counts.longestReturn, after));
      await queue.returnAfter(receiptHandle, after);
    },
    sendBack: async (message, body, delay) => {
      counts.sentBack++;
      rules.wasSentBack(message, body);
      await queue.send({ body, delay });
    },
    ...noTargets,
    telemetry: {
      log: () => quiet,
      count(...[, dimensions]: readonly unknown[]) {
        const status = String(Object(dimensions).status ?? '');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      },
      seconds: () => undefined,
    },
  };
  /** Notes the messages that an invocation has done, and not deleted yet. */
  function noteUndeleted(invocation: string): void {
    for (const { messageId } of batches.get(invocation) ?? []) {
      const record = records.values().find(({ owner }) => owner === `${invocation}/${messageId}`);
      const isDone = record !== undefined && (record.endedMessageId ?? record.processedAt ?? record.sentBack);
      if (isDone && queue.messages.has(messageId)) undeleted.push(record.id);
    }
  }

  /** Each call waits for its turn, before and after its effect. */
  const inTurn = <Ports extends object>(ports: Ports): Ports =>
    withEveryCall(ports, async (_name, effect) => {
      await time.turn();
      const value = await effect();
      await time.turn();
      return value;
    });

  const ports = inTurn({
    ...(variant?.below?.(realPorts, inboundEvents) ?? realPorts),
    callTarget: service.call,
    async handle(id: string, attempt: number, invocation: string) {
      const run = log.begin(id, attempt, phase, invocation);
      if (!run.isSuspect) return run;
      noteUndeleted(run.invocation);
      if (!hasRejects && rules.hasEarlierSuspect(invocation, attempt - 1))
        rules.broken.push(`${id} ran before a suspect with fewer attempts`);
      return run;
    },
    /** Lambda deletes the messages that the response does not fail. A crash before that loses the response. */
    deleteBatch: async (receiptHandles: readonly string[]) => {
      for (const receiptHandle of receiptHandles) await realPorts.deleteMessage(receiptHandle);
    },
  });
  type Ports = typeof ports;

  /** A run of a handler or a target, in the log. */
  const logged =
    (process: Ports, id: string, attempt: number, invocation: string): LoggedRun =>
    async (run) => {
      try {
        await run(scenario.handler(await process.handle(id, attempt, invocation)));
        log.end(id, invocation, 'succeeded');
      } catch (error) {
        log.end(id, invocation, 'failed');
        throw error;
      }
    };

  const handlersOf = (process: Ports, invocation: string, exit: () => Promise<never>) =>
    defineHandlers('stripe', {
      'invoice.paid': ({ id }, { attemptNumber }) =>
        logged(process, id, attemptNumber, invocation)((doing) => does[doing](exit, time.sleep)),
    });

  /** An invocation of the function. */
  const invoke = async (batch: readonly ReceivedMessage[]) => {
    const begin = time.now();
    let timers: readonly (() => void)[] = [];
    const callOff = () => {
      for (const timer of timers) timer();
    };
    const end = await script.run(ports, async (process, exit) => {
      const abort = new AbortController();
      const grace = Promise.withResolvers<void>();
      const after = (millis: number, action: () => void) => time.at(unixMillis(begin + millis), action);
      timers = [
        after(timeoutMs - 5000, () => abort.abort()),
        after(timeoutMs - 2500, grace.resolve),
        after(timeoutMs, exit),
      ];
      const invocation = {
        id: `invocation-${++invocations}`,
        signal: abort.signal,
        graceOver: grace.promise,
        hasTime: () => time.now() - begin < timeoutMs / 2,
      };
      batches.set(invocation.id, batch);
      rules.received(invocation.id, batch);
      startedAt.set(invocation.id, begin);
      const team = { sources, handlers: { stripe: handlersOf(process, invocation.id, exit) } };
      const findTargets = service.findTargets(process, (id, attempt) =>
        logged(process, id, attempt, invocation.id),
      );
      const own = { ...process, findTargets };
      const answer = await consume(batch, invocation, team, { ...own, ...variant?.above?.(own) });
      callOff();
      if (answer.hung) {
        noteUndeleted(invocation.id);
        return exit();
      }
      const done = batch.filter(({ messageId }) => !answer.failedMessageIds.includes(messageId));
      for (const { messageId } of done)
        if (lostClaims.has(`${invocation.id}/${messageId}`)) deletedUnowned.push(messageId);
      await process.deleteBatch(done.map(({ receiptHandle }) => receiptHandle)).catch(() => undefined);
    });
    callOff();
    return end;
  };

  /** A person at the command line who repeats a failed replay. */
  async function replay(id: string): Promise<void> {
    const read: { record?: EventRecord } = {};
    const cli = inTurn({
      inboundEvents: {
        ...store,
        async readRecord(key: string) {
          read.record = await store.readRecord(key);
          return read.record;
        },
      },
      getBody: realPorts.getBody,
      putBody: realPorts.putBody,
      enqueueFor: async (_source: string, message: { readonly body: string }) => queue.send(message),
    });
    const command = () =>
      script.run(cli, async (process) => {
        const now = time.now();
        const answer = await replayEvent(`stripe#${id}`, now, process);
        if (answer.kind === 'replayed' && mustNotBeReplayed(read.record, now)) wrongReplays.push(id);
      });
    for (let tries = 0; tries < 4; tries++) {
      const end = await command().catch(() => undefined);
      if (end?.kind === 'ended') return;
    }
  }

  /** By so many people at once. */
  async function replayAll({ replay: id, people = 1 }: Phase): Promise<void> {
    if (id !== undefined) await Promise.all(Array.from({ length: people }, () => replay(id)));
  }

  async function send({ send: ids = [], sendLate = [] }: Phase): Promise<void> {
    for (const { id, after } of [...ids.map((each) => ({ id: each, after: 0 })), ...sendLate]) {
      const { message, stored } = messageOf(id);
      if (stored !== undefined) await bucket.put(stored.key, stored.bytes);
      await queue.send({ body: message, delay: seconds(after) });
    }
  }

  /** The bucket has deleted bodies of messages by then; an event that ended is kept once more. */
  function forgetBodies(): void {
    for (const key of bucket.objects.keys())
      if (!key.startsWith(keptPrefix(settings.name))) bucket.objects.delete(key);
  }

  async function play(): Promise<Observed> {
    const { batchSize = 10, concurrency = 1 } = scenario;
    for (const step of scenario.phases) {
      const replayed = replayAll(step);
      await send(step);
      await workOff(time, queue, { batchSize, concurrency, invoke });
      await replayed;
      time.elapse(unixMillis(time.now() + (step.days ?? 1) * dayMs));
      forgetBodies();
      phase++;
    }
    const records = new Map(inboundEvents.records);
    return {
      ...log,
      ...counts,
      journal,
      records,
      bodies: bucket.objects,
      deadLetters,
      taken: service.taken,
      moved,
      left: queue.messages.size,
      startedAt,
      undeleted,
      wrongReplays,
      deletedUnowned,
      wrongMessages: rules.broken,
      notOurs,
      statuses,
    };
  }

  const { calls, places, requests } = script;
  return { play, history: { calls, places }, requestsOfCalls: requests.made };
}
