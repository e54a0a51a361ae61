import { milliseconds } from '../../cost/data.ts';
import { nextStep } from '../../lambdas/domain/delivery.ts';
import { seconds, secondsUntil, unixMillis } from '../../lambdas/domain/time.ts';
import { batches, outboundDefaults, retryPresets } from '../../lib/settings.ts';
import { type Acquired, type EndpointLimiter, endpointLimiter } from './endpoint-limiter.ts';
import { type EventSource, eventSource } from './event-source.ts';
import { type FairQueue, fairQueue } from './fair-queue.ts';
import { randomFrom } from './random.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** How an endpoint answers a request: the time it takes in ms, and whether it accepts. Above the timeout, it does not answer. */
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
  readonly maxConcurrency: number;
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

interface Gauges {
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
  breakAfter: outboundDefaults.breakAfter,
  disableAfter: seconds(outboundDefaults.disableAfter.toSeconds()),
};
const timeout = outboundDefaults.attemptTimeout.toMilliseconds();
/** An attempt at an endpoint that is not known to answer, under the second queue: doubled with each that times out. */
const shortTimeout = 5_000;
/** An answer that takes longer leaves its endpoint unproven. */
const quick = 5_000;
/** The second queue has a fifth of the concurrency. */
const unsure = (maxConcurrency: number) => ({
  batchSize: 1,
  maxConcurrency: Math.max(2, Math.floor(maxConcurrency / 5)),
});
/** The ms of an invocation without the endpoints' answers, by messages in it. */
const durations = Array.from({ length: batches.deliver + 1 }, (_, size) => milliseconds('deliver', size));
const unavailable = { kind: 'refused', status: 503 } as const;

interface SimulatedEndpoint {
  readonly limiter: EndpointLimiter;
  readonly behaviour: Behaviour;
  /** The timeout of an attempt while it is unproven, and always under `two-short`. */
  timeout: number;
  unfinished: number;
}

interface World {
  readonly settings: DeliveriesSettings;
  readonly observer: Observer;
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly endpoints: readonly SimulatedEndpoint[];
  readonly queue: FairQueue<Task>;
  readonly secondQueue: FairQueue<Task>;
  unfinished: number;
}

/** The event sources of the two queues. */
interface Sources {
  readonly first: EventSource<Task>;
  readonly second: EventSource<Task>;
}

/** Runs the delivery function against endpoints, from virtual second 0, and reports to the observer. */
export function simulateDeliveries(settings: DeliveriesSettings, observer: Observer): void {
  const { seed, behaviours, perSecond, forSeconds, rule, maxConcurrency } = settings;
  const [clock, random] = [virtualClock(), randomFrom(seed)];
  const endpoints = behaviours.map((behaviour) => ({
    limiter: endpointLimiter(limits, random),
    behaviour,
    timeout: rule === 'one' ? timeout : shortTimeout,
    unfinished: 0,
  }));
  const [queue, secondQueue] = [fairQueue<Task>(), fairQueue<Task>()];
  const world: World = { settings, observer, clock, random, endpoints, queue, secondQueue, unfinished: 0 };
  const firstSettings = { batchSize: batches.deliver, maxConcurrency };
  const sources: Sources = {
    first: eventSource(queue, firstSettings, clock, (batch) => invokeFirst(batch, world, sources)),
    second: eventSource(secondQueue, unsure(maxConcurrency), clock, (batch) => invoke(batch, world, sources)),
  };

  function publish(): void {
    const group = Math.floor(random() * endpoints.length);
    const endpoint = endpoints[group];
    if (endpoint !== undefined) endpoint.unfinished++;
    world.unfinished++;
    send({ group, createdAt: clock.now(), attempt: 1 }, world, sources);
    clock.at(clock.now() + 1_000 / perSecond, publish);
  }

  function everySecond(): void {
    observer.second(clock.now(), gaugesOf(world, sources));
    clock.at(clock.now() + 1_000, everySecond);
  }

  clock.at(0, publish);
  clock.at(0, everySecond);
  clock.runUntil(forSeconds * 1_000);
}

const gaugesOf = (
  { endpoints, unfinished, queue, secondQueue }: World,
  { first, second }: Sources,
): Gauges => ({
  unfinished,
  unfinishedOf: (count) => endpoints.slice(0, count).reduce((sum, endpoint) => sum + endpoint.unfinished, 0),
  running: first.running() + second.running(),
  inFlight: queue.inFlight() + secondQueue.inFlight(),
});

/** Whether the first queue takes a task. */
const isSure = ({ group }: Task, { settings, endpoints }: World): boolean =>
  settings.rule === 'one' || endpoints[group]?.limiter.isProven() === true;

const send = (task: Task, world: World, { first, second }: Sources): void =>
  (isSure(task, world) ? first : second).send(task);

const sendAfter = (task: Task, delay: number, world: World, sources: Sources): void =>
  world.clock.at(world.clock.now() + delay * 1_000, () => send(task, world, sources));

/** Passes on what belongs to the second queue by now. @returns the ms that the invocation takes */
function invokeFirst(batch: readonly Task[], world: World, sources: Sources): number {
  for (const task of batch) if (!isSure(task, world)) sources.second.send(task);
  return invoke(batch, world, sources, (task) => isSure(task, world));
}

/** Delivers all tasks of a batch at once. @returns the ms that the invocation takes */
function invoke(
  batch: readonly Task[],
  world: World,
  sources: Sources,
  isOurs: (task: Task) => boolean = () => true,
): number {
  const waits = batch.map((task) => (isOurs(task) ? deliver(task, world, sources) : 0));
  return (durations[batch.length] ?? 0) + Math.max(...waits);
}

/** @returns the ms until the endpoint answers, or the attempt times out */
function deliver(task: Task, world: World, sources: Sources): number {
  const { settings, clock, observer } = world;
  const endpoint = world.endpoints[task.group];
  if (endpoint === undefined) return 0;
  const now = unixMillis(clock.now());
  const deadline = settings.rule === 'two' && endpoint.limiter.isProven() ? timeout : endpoint.timeout;
  const acquired = endpoint.limiter.acquire(now, deadline);
  if (acquired.kind === 'wait') {
    observer.deferred(task);
    sendAfter(task, Math.max(1, secondsUntil(acquired.until, now)), world, sources);
    return 0;
  }
  observer.attempted(task);
  const { ms, ok } = endpoint.behaviour(now);
  const took = Math.min(ms, deadline);
  if (ms > deadline) endpoint.timeout = Math.min(2 * endpoint.timeout, timeout);
  const answer = { took, ok: ok && ms <= deadline };
  clock.at(now + took, () => answered({ task, endpoint, slot: acquired, answer }, world, sources));
  return took;
}

interface Answered {
  readonly task: Task;
  readonly endpoint: SimulatedEndpoint;
  readonly slot: Extract<Acquired, { kind: 'slot' }>;
  readonly answer: { readonly took: number; readonly ok: boolean };
}

function answered(
  { task, endpoint, slot, answer: { took, ok } }: Answered,
  world: World,
  sources: Sources,
): void {
  const { observer } = world;
  const now = unixMillis(world.clock.now());
  endpoint.limiter.release(slot, ok ? (took <= quick ? 'up' : 'slow') : 'down', now);
  const outcome = ok ? ({ kind: 'accepted', status: 200 } as const) : unavailable;
  const step = nextStep(outcome, task.attempt, policy, world.random());
  if (step.kind === 'retry') {
    sendAfter({ ...task, attempt: task.attempt + 1 }, step.delay, world, sources);
    return;
  }
  world.unfinished--;
  endpoint.unfinished--;
  if (step.kind === 'delivered') observer.delivered(task, now);
  else observer.failed(task);
}
