import { milliseconds } from '../../cost/data.ts';
import { nextStep } from '../../lambdas/domain/delivery.ts';
import type { TaskQueue } from '../../lambdas/domain/delivery-task.ts';
import { deadlineOf, slowAfter } from '../../lambdas/domain/request-deadline.ts';
import { millis, seconds, secondsUntil, unixMillis } from '../../lambdas/domain/time.ts';
import { batches, outboundDefaults, retryPresets, sidelineConcurrency } from '../../lib/settings.ts';
import { type Acquired, type EndpointLimiter, endpointLimiter } from './endpoint-limiter.ts';
import { type EventSource, eventSource } from './event-source.ts';
import { type FairQueue, fairQueue } from './fair-queue.ts';
import { randomFrom } from './random.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** How an endpoint answers a request: the time it takes in ms, and whether it accepts. Above the timeout, it does not answer. */
export type Behaviour = (now: number) => { readonly ms: number; readonly ok: boolean };

/**
 * How endpoints that are slow or down are kept apart. `cut` is Hookline: they have the sideline queue, with a fifth of the
 * concurrency, and a request of the first queue is cut after 5 s. `sideline`: only the queue. `one`: neither.
 */
export const queueRules = ['one', 'sideline', 'cut'] as const;
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
const timeout = millis(outboundDefaults.attemptTimeout.toMilliseconds());
/** The ms of an invocation without the endpoints' answers, by messages in it. */
const durations = Array.from({ length: batches.deliver + 1 }, (_, size) => milliseconds('deliver', size));
const unavailable = { kind: 'refused', status: 503 } as const;

interface SimulatedEndpoint {
  readonly limiter: EndpointLimiter;
  readonly behaviour: Behaviour;
  unfinished: number;
}

interface World {
  readonly settings: DeliveriesSettings;
  readonly observer: Observer;
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly endpoints: readonly SimulatedEndpoint[];
  readonly queue: FairQueue<Task>;
  readonly sidelineQueue: FairQueue<Task>;
  unfinished: number;
}

/** The event sources of the two queues. */
type Sources = Readonly<Record<TaskQueue, EventSource<Task>>>;

/** Runs the delivery function against endpoints, from virtual second 0, and reports to the observer. */
export function simulateDeliveries(settings: DeliveriesSettings, observer: Observer): void {
  const { seed, behaviours, perSecond, forSeconds, maxConcurrency } = settings;
  const [clock, random] = [virtualClock(), randomFrom(seed)];
  const endpoints = behaviours.map((behaviour) => ({
    limiter: endpointLimiter(limits, random),
    behaviour,
    unfinished: 0,
  }));
  const [queue, sidelineQueue] = [fairQueue<Task>(), fairQueue<Task>()];
  const world: World = { settings, observer, clock, random, endpoints, queue, sidelineQueue, unfinished: 0 };
  const batchSize = batches.deliver;
  const ofSideline = { batchSize, maxConcurrency: sidelineConcurrency(maxConcurrency) };
  const sources: Sources = {
    delivery: eventSource(queue, { batchSize, maxConcurrency }, clock, (batch) =>
      invoke(batch, 'delivery', world, sources),
    ),
    sideline: eventSource(sidelineQueue, ofSideline, clock, (batch) =>
      invoke(batch, 'sideline', world, sources),
    ),
  };

  function publish(): void {
    const group = Math.floor(random() * endpoints.length);
    const endpoint = endpoints[group];
    if (endpoint !== undefined) endpoint.unfinished++;
    world.unfinished++;
    // A publisher does not know what the endpoint is like.
    sources.delivery.send({ group, createdAt: clock.now(), attempt: 1 });
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
  { endpoints, unfinished, queue, sidelineQueue }: World,
  { delivery, sideline }: Sources,
): Gauges => ({
  unfinished,
  unfinishedOf: (count) => endpoints.slice(0, count).reduce((sum, endpoint) => sum + endpoint.unfinished, 0),
  running: delivery.running() + sideline.running(),
  inFlight: queue.inFlight() + sidelineQueue.inFlight(),
});

/** The queue of a task, by what is known of its endpoint. */
const queueFor = ({ group }: Task, { settings, endpoints }: World): TaskQueue =>
  settings.rule !== 'one' && endpoints[group]?.limiter.isSidelined() ? 'sideline' : 'delivery';

const sendAfter = (task: Task, delay: number, world: World, sources: Sources): void =>
  world.clock.at(world.clock.now() + delay * 1_000, () => sources[queueFor(task, world)].send(task));

/** Works on all tasks of a batch at once. @returns the ms that the invocation takes */
function invoke(batch: readonly Task[], queue: TaskQueue, world: World, sources: Sources): number {
  const waits = batch.map((task) => {
    if (queue === 'sideline' || queueFor(task, world) === queue) return deliver(task, queue, world, sources);
    sources.sideline.send(task);
    return 0;
  });
  return (durations[batch.length] ?? 0) + Math.max(...waits);
}

/** @returns the ms until the endpoint answers, or the request's deadline is over */
function deliver(task: Task, queue: TaskQueue, world: World, sources: Sources): number {
  const { settings, clock, observer } = world;
  const endpoint = world.endpoints[task.group];
  if (endpoint === undefined) return 0;
  const now = unixMillis(clock.now());
  const acquired = endpoint.limiter.acquire(now, timeout);
  if (acquired.kind === 'wait') {
    observer.deferred(task);
    sendAfter(task, Math.max(1, secondsUntil(acquired.until, now)), world, sources);
    return 0;
  }
  observer.attempted(task);
  const { failedProbes } = acquired;
  const deadline = settings.rule === 'cut' ? deadlineOf({ queue, failedProbes }, timeout) : timeout;
  const { ms, ok } = endpoint.behaviour(now);
  const took = Math.min(ms, deadline);
  // Tells the other workers before the request is over.
  if (took > slowAfter) clock.at(now + slowAfter, () => endpoint.limiter.hangs(unixMillis(clock.now())));
  const answer = { took, ok: ok && ms <= deadline, isCut: ms > deadline && deadline < timeout };
  clock.at(now + took, () => answered({ task, endpoint, slot: acquired, answer }, world, sources));
  return took;
}

interface Answered {
  readonly task: Task;
  readonly endpoint: SimulatedEndpoint;
  readonly slot: Extract<Acquired, { kind: 'slot' }>;
  readonly answer: { readonly took: number; readonly ok: boolean; readonly isCut: boolean };
}

function answered(
  { task, endpoint, slot, answer: { took, ok, isCut } }: Answered,
  world: World,
  sources: Sources,
): void {
  const { observer } = world;
  const now = unixMillis(world.clock.now());
  if (isCut) {
    endpoint.limiter.release(slot, { health: slot.isProbe ? 'down' : 'hanging', took }, now);
    sources.sideline.send(task);
    return;
  }
  endpoint.limiter.release(slot, { health: ok ? (took <= slowAfter ? 'up' : 'slow') : 'down', took }, now);
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
