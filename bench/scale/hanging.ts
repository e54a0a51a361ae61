import { type QueueRule, simulateDeliveries } from './deliveries.ts';
import { type LatencyOf, latencies } from './latencies.ts';

export interface HangingSettings {
  readonly seed: number;
  readonly endpoints: number;
  /** How many of them do not answer any more. */
  readonly hanging: number;
  readonly perSecond: number;
  /** When they stop, in seconds. */
  readonly from: number;
  readonly forSeconds: number;
  readonly maxConcurrency: number;
  readonly rule: QueueRule;
}

export interface HangingResult {
  /** What the healthy endpoints see. */
  readonly healthy: readonly LatencyOf[];
  readonly running: readonly { readonly second: number; readonly functions: number }[];
  /** Seconds from the start until every later p99 of the healthy endpoints is below 2 s; undefined when it is not, by the end. */
  readonly recoveredAfter: number | undefined;
  readonly worstP99: number;
}

const bucket = 15;
/** What the p99 of healthy endpoints may be, in ms. */
const good = 2_000;
/** No answer at all. */
const never = Number.MAX_SAFE_INTEGER;

/** Endpoints that stop answering at once, beside healthy ones. */
export function simulateHanging(settings: HangingSettings): HangingResult {
  const { seed, endpoints, hanging, perSecond, from, forSeconds, rule, maxConcurrency } = settings;
  const behaviours = Array.from({ length: endpoints }, (_, nth) => (now: number) => {
    const hangs = nth < hanging && now >= from * 1_000;
    return { ms: hangs ? never : 200, ok: !hangs };
  });
  const healthy = latencies(bucket);
  const running: { second: number; functions: number }[] = [];
  simulateDeliveries(
    { seed, behaviours, perSecond, forSeconds, rule, maxConcurrency },
    {
      attempted: () => undefined,
      deferred: () => undefined,
      failed: () => undefined,
      delivered({ group, createdAt }, at) {
        if (group >= hanging) healthy.add(createdAt, at);
      },
      second(at, gauges) {
        if ((at / 1_000) % bucket === 0) running.push({ second: at / 1_000, functions: gauges.running });
      },
    },
  );
  const all = healthy.all(forSeconds);
  const lastBad = all.findLast(({ second, p99 }) => second >= from && p99 > good);
  const end = all.at(-1)?.second ?? 0;
  const recovered = lastBad === undefined ? 0 : lastBad.second + bucket - from;
  return {
    healthy: all,
    running,
    recoveredAfter: lastBad !== undefined && lastBad.second >= end ? undefined : recovered,
    worstP99: Math.max(...all.map(({ p99 }) => p99)),
  };
}
