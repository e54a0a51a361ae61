import { defineHandlers, PermanentFailure } from '../../../lambdas/domain/handler.ts';
import type { EventRecord } from '../../../lambdas/domain/idempotency.ts';
import { DeadLetter, parseMessage } from '../../../lambdas/domain/messages.ts';
import { providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import { seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { type ConsumePorts, consume } from '../../../lambdas/inbound/consume.ts';
import { replayEvent } from '../../../lambdas/inbound/replay.ts';
import { memoryClaims } from '../../fakes/inbound-claims.ts';
import { sourceSettings, stripeMessage } from '../../fakes/inbound-world.ts';
import { type CrashPoint, crashScript, withEveryCall } from '../crash-script.ts';
import { workOff } from '../event-source-mapping.ts';
import { type ReceivedFromQueue, simulatedQueue } from '../simulated-queue.ts';
import { simulatedTime } from '../simulated-time.ts';
import type { HandlerRun, Scenario, Variant } from './scenario.ts';

/** Five attempts: two faults and a killer in the batch leave one for success. */
const handlerRetryDelays = [5, 30, 60, 120].map(seconds);
export const maxRuns = handlerRetryDelays.length + 1;
export const functionTimeoutMs = 60_000;
const lease = seconds(65);
const visibilityTimeout = seconds(70);
/** Past the lease and the visibility timeout, so that another worker has the event meanwhile. */
const stallMs = 100_000;
const dayMs = 86_400_000;
const never = new Promise<never>(() => undefined);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A run that was begun: when, after how many failures for good of its event, and how it ended, if it did. */
export interface BegunRun extends HandlerRun {
  readonly life: number;
  readonly beganAt: number;
  end?: 'succeeded' | 'failed';
}

/** What can be seen from outside when everything has come to its end. */
export interface Observed {
  /** Every write of the table, in order. */
  readonly journal: readonly EventRecord[];
  readonly records: ReadonlyMap<string, EventRecord>;
  readonly bodies: ReadonlyMap<string, Uint8Array>;
  readonly deadLetters: readonly DeadLetter[];
  /** What SQS itself moved to the DLQ. */
  readonly moved: readonly string[];
  readonly runs: readonly BegunRun[];
  /** Pairs of runs of one event's handler at the same time. */
  readonly overlaps: readonly string[];
  readonly left: number;
}

/** One source with its queue, DLQ, table, bucket, function and clock; the function's code is ours, all else simulated. */
export function crashWorld(
  scenario: Scenario,
  points: readonly CrashPoint[],
  { seed, variant = scenario.variant }: { readonly seed?: number; readonly variant?: Variant } = {},
) {
  const time = simulatedTime(seed);
  const script = crashScript(points, () => time.sleep(stallMs));
  const isStalled = points.some(({ fault }) => fault === 'stalls');
  const settings = sourceSettings({ handlerRetryDelays, lease });
  const sources = new Map([[settings.name, { settings, provider: providerOf(settings) }]]);
  const claims = memoryClaims();
  const journal = journalOf(claims.records);
  const bodies = new Map<string, Uint8Array>();
  const deadLetters: DeadLetter[] = [];
  const moved: string[] = [];
  const runs: BegunRun[] = [];
  const overlaps: string[] = [];
  let phase = 0;
  let invocations = 0;
  const queue = simulatedQueue(time, {
    visibilityTimeout,
    maxReceiveCount: scenario.maxReceiveCount ?? 100,
    moveToDlq: (text) => void moved.push(text),
  });

  const realPorts: ConsumePorts = {
    now: time.now,
    claims: { claim: claims.claim, reclaim: claims.reclaim, finish: claims.finish },
    getBody: async (key) => bodies.get(key),
    putBody: async (key, bytes) => void bodies.set(key, bytes),
    sendDeadLetter: async (text) => void deadLetters.push(parseMessage(DeadLetter, 'dead letter', text)),
    deleteMessage: queue.delete,
    returnMessageAfter: queue.returnAfter,
    telemetry: { log: () => quiet, count: () => undefined, seconds: () => undefined },
  };
  /** Each call, and what follows it, waits for its turn. */
  const inTurn = <Ports extends object>(ports: Ports): Ports =>
    withEveryCall(ports, async (_name, effect) => {
      await time.turn();
      const value = await effect();
      await time.turn();
      return value;
    });

  function begin(id: string, attempt: number): BegunRun {
    const earlier = runs.filter((run) => run.id === id);
    const isLive = (run: BegunRun) => run.end === undefined && time.now() - run.beganAt < functionTimeoutMs;
    if (earlier.some(isLive)) overlaps.push(id);
    const ends = journal.filter((record) => record.id === `stripe#${id}` && record.status === 'failed');
    const run: BegunRun = { id, attempt, earlier: earlier.length, phase, life: ends.length, beganAt: time.now() };
    runs.push(run);
    return run;
  }

  function endRun(id: string, attempt: number, end: BegunRun['end']): void {
    const run = runs.findLast((begun) => begun.id === id && begun.attempt === attempt);
    if (run) run.end = end;
  }

  const ports = inTurn({
    ...(variant?.below?.(realPorts, claims) ?? realPorts),
    handle: async (id: string, attempt: number) => begin(id, attempt),
    /** What Lambda does with the answer; a crash before it is an answer that is lost. */
    deleteBatch: async (receiptHandles: readonly string[]) => {
      for (const receiptHandle of receiptHandles) await queue.delete(receiptHandle);
    },
  });
  type Ports = typeof ports;

  const handlersOf = (process: Ports, exit: () => Promise<never>) =>
    defineHandlers('stripe', {
      'invoice.paid': async ({ id }, { attemptNumber }) => {
        try {
          const doing = scenario.handler(await process.handle(id, attemptNumber));
          if (doing === 'kills') await exit();
          if (doing === 'hangs') await never;
          if (doing === 'fails') throw new Error('not now');
          if (doing === 'fails for good') throw new PermanentFailure('never');
        } catch (error) {
          endRun(id, attemptNumber, 'failed');
          throw error;
        }
        endRun(id, attemptNumber, 'succeeded');
      },
    });

  /** An invocation of the function: with Lambda's time limit, unless the process stalls as if frozen. */
  const invoke = (batch: readonly ReceivedFromQueue[]) =>
    script.run(ports, async (process, exit) => {
      const startedAt = time.now();
      const abort = new AbortController();
      const grace = Promise.withResolvers<void>();
      const after = (millis: number, action: () => void) => time.at(unixMillis(startedAt + millis), action);
      const timers = isStalled
        ? []
        : [after(55_000, () => abort.abort()), after(57_500, grace.resolve), after(functionTimeoutMs, exit)];
      const invocation = {
        id: `invocation-${++invocations}`,
        signal: abort.signal,
        graceOver: grace.promise,
        hasTime: () => time.now() - startedAt < functionTimeoutMs / 2,
      };
      const team = { sources, handlers: { stripe: handlersOf(process, exit) } };
      const answer = await consume(batch, invocation, team, { ...process, ...variant?.above?.(process) });
      for (const callOff of timers) callOff();
      if (answer.hung) return exit();
      const done = batch.filter(({ messageId }) => !answer.failedMessageIds.includes(messageId));
      await process.deleteBatch(done.map(({ receiptHandle }) => receiptHandle)).catch(() => undefined);
    });

  /** Somebody at a command line, who repeats what did not work. */
  async function replay(id: string): Promise<void> {
    const cli = {
      readRecord: claims.readRecord,
      getBody: realPorts.getBody,
      putBody: realPorts.putBody,
      enqueue: async (_source: string, { body }: { readonly body: string }) => void (await queue.send(body)),
    };
    const command = () => script.run(cli, (process) => replayEvent(`stripe#${id}`, time.now(), process));
    for (let tries = 0; tries < 4; tries++) {
      const end = await command().catch(() => undefined);
      if (end?.kind === 'ended') return;
    }
  }

  async function play(): Promise<Observed> {
    const { batchSize = 10, concurrency = 1 } = scenario;
    for (const step of scenario.phases) {
      if ('send' in step) for (const id of step.send) await queue.send(textOf(id));
      else await replay(step.replay);
      await workOff(time, queue, { batchSize, concurrency, invoke });
      time.elapse(unixMillis(time.now() + dayMs));
      phase++;
    }
    const { records } = claims;
    return { journal, records, bodies, deadLetters, moved, runs, overlaps, left: queue.messages.size };
  }

  return { play, calls: script.calls };
}

/** Ids that begin otherwise are event types without a handler, or no events at all. */
function textOf(id: string): string {
  if (id.startsWith('evt_ignored')) return stripeMessage(id, { type: 'charge.updated' });
  return id.startsWith('evt_') ? stripeMessage(id) : id;
}

/** Keeps every write, whoever makes it. */
function journalOf(records: Map<string, EventRecord>): EventRecord[] {
  const journal: EventRecord[] = [];
  const set = records.set.bind(records);
  records.set = (id: string, record: EventRecord) => {
    journal.push(record);
    return set(id, record);
  };
  return journal;
}
