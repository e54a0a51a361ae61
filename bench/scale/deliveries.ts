import { milliseconds } from '../../cost/data.ts';
import { nextStep } from '../../lambdas/domain/delivery.ts';
import { seconds, secondsUntil, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';
import { batches, outboundDefaults, retryPresets } from '../../lib/settings.ts';
import { type Acquired, type EndpointLimiter, endpointLimiter } from './endpoint-limiter.ts';
import { eventSource } from './event-source.ts';
import { fairQueue } from './fair-queue.ts';
import { randomFrom } from './random.ts';
import { virtualClock } from './virtual-clock.ts';

/** How an endpoint answers at a time: after so many ms, well or not. More ms than the timeout is no answer. */
export type Behaviour = (now: number) => { readonly ms: number; readonly ok: boolean };

/**
 * Which queue a task is sent to. `one`: there is one, as today. `two`: endpoints that are unproven, slow or down have a second
 * one, with a fifth of the concurrency and one message in an invocation. `two-short`: and an attempt from the first queue has 5 s.
 */
export const queueRules = ['one', 'two', 'two-short'] as const;
export type QueueRule = (typeof queueRules)[number];

export interface DeliveriesSettings {
  readonly seed: number;
  readonly behaviours: readonly Behaviour[];
  /** Events a second, spread over all endpoints. */
  readonly perSecond: number;
  readonly forSeconds: number;
  readonly rule: QueueRule;
}

/** A message of the delivery queue. Its group is its endpoint. */
interface Task {
  readonly group: number;
  readonly createdAt: number;
  readonly attempt: number;
}

/** What happened, for the figures. All times in ms. */
export interface Observer {
  delivered(task: Task, at: number): void;
  failed(task: Task): void;
  deferred(task: Task): void;
  attempted(task: Task): void;
  /** Once a second. */
  second(at: number, gauges: Gauges): void;
}

export interface Gauges {
  /** Deliveries that have not ended. */
  readonly unfinished: number;
  /** Of them, those whose endpoint index is below `count`. */
  readonly unfinishedOf: (count: number) => number;
  /** Functions that run, of both queues. */
  readonly running: number;
  readonly inFlight: number;
}

const policy = { retryDelays: retryPresets.short.map(seconds), retryOtherStatuses: false };
const limits = {
  concurrent: outboundDefaults.maxConcurrentPerEndpoint,
  breakAfter: outboundDefaults.breakAfter,
  disableAfter: seconds(outboundDefaults.disableAfter.toSeconds()),
};
const timeout = outboundDefaults.attemptTimeout.toMilliseconds();
/** An attempt at an endpoint that is not known to answer, under the second queue: doubled with each that times out. */
const shortTimeout = 5_000;
/** An answer that takes longer leaves its endpoint unproven. */
const quick = 5_000;
const { maxConcurrency } = outboundDefaults;
const unsure = { batchSize: 1, maxConcurrency: Math.max(2, Math.floor(maxConcurrency / 5)) };
const unavailable = { kind: 'refused', status: 503 } as const;

interface SimulatedEndpoint {
  readonly limiter: EndpointLimiter;
  readonly behaviour: Behaviour;
  timeout: number;
  unfinished: number;
}

/** Runs the delivery function against endpoints, from virtual second 0, and reports to the observer. */
export function simulateDeliveries(settings: DeliveriesSettings, observer: Observer): void {
  const { seed, behaviours, perSecond, forSeconds, rule } = settings;
  const hasSecondQueue = rule !== 'one';
  const [clock, random] = [virtualClock(), randomFrom(seed)];
  const endpoints = behaviours.map(
    (behaviour): SimulatedEndpoint => ({
      limiter: endpointLimiter(limits, random),
      behaviour,
      timeout: hasSecondQueue ? shortTimeout : timeout,
      unfinished: 0,
    }),
  );
  const [queue, secondQueue] = [fairQueue<Task>(), fairQueue<Task>()];
  const first = eventSource(queue, { batchSize: batches.deliver, maxConcurrency }, clock, (batch) =>
    invoke(batch, true),
  );
  const second = eventSource(secondQueue, unsure, clock, (batch) => invoke(batch, false));
  let unfinished = 0;

  const isSure = (task: Task): boolean => !hasSecondQueue || endpoints[task.group]?.limiter.isProven() === true;
  const send = (task: Task): void => (isSure(task) ? first : second).send(task);
  const sendAfter = (task: Task, delay: number): void =>
    clock.at(clock.now() + delay * 1_000, () => send(task));

  function finish(task: Task): void {
    unfinished--;
    const endpoint = endpoints[task.group];
    if (endpoint !== undefined) endpoint.unfinished--;
  }

  /** @returns the ms that the invocation takes */
  function invoke(batch: readonly Task[], isFirst: boolean): number {
    const waits = batch.map((task) => {
      if (!isFirst || isSure(task)) return deliver(task);
      second.send(task);
      return 0;
    });
    return milliseconds('deliver', batch.length) + Math.max(...waits);
  }

  /** @returns the ms until the endpoint answers, or the attempt times out */
  function deliver(task: Task): number {
    const endpoint = endpoints[task.group];
    if (endpoint === undefined) return 0;
    const now = unixMillis(clock.now());
    const deadline = rule === 'two' && endpoint.limiter.isProven() ? timeout : endpoint.timeout;
    const acquired = endpoint.limiter.acquire(now, deadline);
    if (acquired.kind === 'wait') {
      observer.deferred(task);
      sendAfter(task, Math.max(1, secondsUntil(acquired.until, now)));
      return 0;
    }
    observer.attempted(task);
    const { ms, ok } = endpoint.behaviour(now);
    const took = Math.min(ms, deadline);
    if (ms > deadline) endpoint.timeout = Math.min(2 * endpoint.timeout, timeout);
    clock.at(now + took, () => answered(task, endpoint, acquired, { took, ok: ok && ms <= deadline }));
    return took;
  }

  function answered(
    task: Task,
    endpoint: SimulatedEndpoint,
    slot: Extract<Acquired, { kind: 'slot' }>,
    { took, ok }: { readonly took: number; readonly ok: boolean },
  ): void {
    const now: UnixMillis = unixMillis(clock.now());
    endpoint.limiter.release(slot, ok ? (took <= quick ? 'up' : 'slow') : 'down', now);
    const outcome = ok ? ({ kind: 'accepted', status: 200 } as const) : unavailable;
    const step = nextStep(outcome, task.attempt, policy, random());
    if (step.kind === 'retry') return sendAfter({ ...task, attempt: task.attempt + 1 }, step.delay);
    finish(task);
    if (step.kind === 'delivered') observer.delivered(task, now);
    else observer.failed(task);
  }

  function publish(): void {
    const group = Math.floor(random() * endpoints.length);
    const endpoint = endpoints[group];
    if (endpoint !== undefined) endpoint.unfinished++;
    unfinished++;
    send({ group, createdAt: clock.now(), attempt: 1 });
    clock.at(clock.now() + 1_000 / perSecond, publish);
  }

  function everySecond(): void {
    observer.second(clock.now(), {
      unfinished,
      unfinishedOf: (count) => endpoints.slice(0, count).reduce((sum, { unfinished: of }) => sum + of, 0),
      running: first.running() + second.running(),
      inFlight: queue.inFlight() + secondQueue.inFlight(),
    });
    clock.at(clock.now() + 1_000, everySecond);
  }

  clock.at(0, publish);
  clock.at(0, everySecond);
  clock.runUntil(forSeconds * 1_000);
}
