import { milliseconds } from '../../cost/data.ts';
import { batches } from '../../lib/settings.ts';
import { scaled, sourceScaling } from './event-source.ts';
import { line } from './fair-queue.ts';

export interface ArrivalsSettings {
  /** Events a second that are published, each for one endpoint. */
  readonly perSecond: number;
  readonly forSeconds: number;
  readonly publishMaxConcurrency: number;
  readonly maxConcurrency: number;
  /** The account's concurrent executions, which both functions share. */
  readonly accountConcurrency: number;
  /** The time until an endpoint answers, in ms. */
  readonly answerTime: number;
}

/** One second of a run. */
export interface ArrivalsSecond {
  readonly second: number;
  /** Functions that run at its end. */
  readonly publish: number;
  readonly deliver: number;
  /** Messages that wait in the two queues. */
  readonly waiting: number;
  /** How long an event waits and is worked on until its endpoint has answered, in ms: the median and p99. */
  readonly p50?: number;
  readonly p99?: number;
}

/** The length of a step, in ms. */
const step = 10;

/** Messages that arrived together. */
interface Cohort {
  readonly at: number;
  count: number;
}

/** A queue that only counts its messages, so that 100,000 a second take no longer. */
function countedQueue() {
  const cohorts = line<Cohort>();
  let first: Cohort | undefined;
  let waiting = 0;
  return {
    waiting: (): number => waiting,
    send(cohort: Cohort): void {
      if (cohort.count === 0) return;
      cohorts.push({ ...cohort });
      waiting += cohort.count;
    },
    receive(most: number): Cohort[] {
      const received: Cohort[] = [];
      for (let left = Math.min(most, waiting); left > 0; ) {
        if (first === undefined || first.count === 0) first = cohorts.shift();
        if (first === undefined) break;
        const count = Math.min(left, first.count);
        received.push({ at: first.at, count });
        first.count -= count;
        left -= count;
        waiting -= count;
      }
      return received;
    },
  };
}

/** A queue and the function that consumes it, in steps. */
function stage(batchSize: number, maxConcurrency: number, durationOf: (batch: number) => number) {
  const durations = Array.from({ length: batchSize + 1 }, (_, size) => durationOf(size));
  const { waiting, send, receive } = countedQueue();
  const ends = new Map<number, { functions: number; done: Cohort[] }>();
  let running = 0;
  let allowed: number = Math.min(sourceScaling.least, maxConcurrency);

  return {
    send,
    waiting,
    running: (): number => running,

    /** Ends the invocations whose time is over. @returns the number of their messages */
    end(now: number): readonly Cohort[] {
      const over = ends.get(now);
      ends.delete(now);
      running -= over?.functions ?? 0;
      return over?.done ?? [];
    },

    /** Starts as many functions as there may be. @param free how many the account allows */
    start(now: number, free: number): void {
      const pollers = Math.min(allowed - running, free);
      if (pollers <= 0 || waiting() === 0) return;
      const batch = Math.min(batchSize, Math.ceil(waiting() / pollers));
      const functions = Math.min(pollers, Math.ceil(waiting() / batch));
      const done = receive(functions * batch);
      const end = now + Math.ceil((durations[batch] ?? 0) / step) * step;
      const others = ends.get(end) ?? { functions: 0, done: [] };
      others.functions += functions;
      others.done.push(...done);
      ends.set(end, others);
      running += functions;
    },

    /** Once a second. */
    scale(): void {
      allowed = scaled(allowed, running, waiting() > 0, maxConcurrency);
    },
  };
}

/** Publishes at a constant rate from virtual second 0 on, and follows the events through both queues. */
export function simulateArrivals(settings: ArrivalsSettings): ArrivalsSecond[] {
  const { perSecond, forSeconds, answerTime, accountConcurrency } = settings;
  const publish = stage(batches.publish, settings.publishMaxConcurrency, (batch) =>
    milliseconds('publish', batch),
  );
  const deliver = stage(
    batches.deliver,
    settings.maxConcurrency,
    (batch) => milliseconds('deliver', batch) + answerTime,
  );
  const seconds: ArrivalsSecond[] = [];
  let [arrived, done]: [number, Cohort[]] = [0, []];
  const free = (): number => accountConcurrency - publish.running() - deliver.running();
  for (let now = 0; now < forSeconds * 1_000; now += step) {
    const due = Math.floor((perSecond * now) / 1_000) - arrived;
    arrived += due;
    publish.send({ at: now, count: due });
    for (const cohort of publish.end(now)) deliver.send(cohort);
    done.push(...deliver.end(now).map(({ at, count }) => ({ at: now - at, count })));
    deliver.start(now, free());
    publish.start(now, free());
    if ((now + step) % 1_000 !== 0) continue;
    publish.scale();
    deliver.scale();
    seconds.push({
      second: (now + step) / 1_000,
      publish: publish.running(),
      deliver: deliver.running(),
      waiting: publish.waiting() + deliver.waiting(),
      p50: percentileOf(done, 0.5),
      p99: percentileOf(done, 0.99),
    });
    done = [];
  }
  return seconds;
}

/** @returns undefined when nothing was delivered */
function percentileOf(latencies: readonly Cohort[], share: number): number | undefined {
  const sorted = latencies.toSorted((a, b) => a.at - b.at);
  let left = share * sorted.reduce((sum, { count }) => sum + count, 0);
  return sorted.find(({ count }) => {
    left -= count;
    return left <= 0;
  })?.at;
}
