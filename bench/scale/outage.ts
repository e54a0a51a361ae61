import { simulateDeliveries } from './deliveries.ts';
import { type LatencyOf, latencies } from './latencies.ts';

export interface OutageSettings {
  readonly seed: number;
  readonly endpoints: number;
  readonly perSecond: number;
  /** The share of the endpoints that is down. */
  readonly share: number;
  readonly from: number;
  readonly to: number;
  readonly forSeconds: number;
  readonly maxConcurrency: number;
}

export interface OutageResult {
  /** Deliveries that have not ended, by minute: those to endpoints that are down, and all others. */
  readonly backlog: readonly { readonly second: number; readonly down: number; readonly others: number }[];
  readonly healthy: readonly LatencyOf[];
  /** Attempts and deferrals of each minute, a second. */
  readonly work: readonly {
    readonly second: number;
    readonly attempts: number;
    readonly deferrals: number;
  }[];
  readonly most: number;
  /** From the end of the outage until the first of its endpoints is tried again with success, and until nothing waits any more. */
  readonly firstAfter: number | undefined;
  readonly drainedAfter: number | undefined;
  readonly failed: number;
}

const bucket = 60;

/** One hour in which some endpoints answer 503 at once, and the time after it. Times in seconds. */
export function simulateOutage(settings: OutageSettings): OutageResult {
  const { seed, endpoints, perSecond, share, from, to, forSeconds, maxConcurrency } = settings;
  const down = Math.floor(endpoints * share);
  const behaviours = Array.from({ length: endpoints }, (_, nth) => (now: number) => {
    const isDown = nth < down && now >= from * 1_000 && now < to * 1_000;
    return { ms: isDown ? 50 : 200, ok: !isDown };
  });
  const healthy = latencies(bucket);
  const backlog: { second: number; down: number; others: number }[] = [];
  const work: { second: number; attempts: number; deferrals: number }[] = [];
  let [attempts, deferrals, failed, most] = [0, 0, 0, 0];
  let [firstAfter, drainedAfter]: [number | undefined, number | undefined] = [undefined, undefined];
  simulateDeliveries(
    { seed, behaviours, perSecond, forSeconds, maxConcurrency, rule: 'cut' },
    {
      attempted: () => void attempts++,
      deferred: () => void deferrals++,
      failed: () => void failed++,
      delivered({ group, createdAt }, at) {
        if (group >= down) healthy.add(createdAt, at);
        else if (at >= to * 1_000) firstAfter ??= at / 1_000 - to;
      },
      second(at, { unfinished, unfinishedOf }) {
        const second = at / 1_000;
        const waiting = unfinishedOf(down);
        most = Math.max(most, waiting);
        // What is delivered as it arrives is unfinished, too.
        if (second > to && waiting <= perSecond * share) drainedAfter ??= second - to;
        if (second % bucket !== 0) return;
        backlog.push({ second, down: waiting, others: unfinished - waiting });
        work.push({ second, attempts: attempts / bucket, deferrals: deferrals / bucket });
        attempts = 0;
        deferrals = 0;
      },
    },
  );
  return { backlog, work, healthy: healthy.all(forSeconds), most, firstAfter, drainedAfter, failed };
}
