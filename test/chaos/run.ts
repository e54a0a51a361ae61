import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startLocalAws } from '../../local/emulator.ts';
import { disturber } from './disturb.ts';
import { seededFaults } from './faults.ts';
import { brokenPromises } from './promises.ts';
import { startChaosProxy } from './proxy.ts';
import { type Accepted, sendTraffic } from './traffic.ts';
import { type Outside, startOutside } from './world.ts';

/** Long enough for the minute in which all writes are throttled, and some time before and after it. */
const spreadMs = 75_000;
/** The longest that faults go on after the last event was sent. */
const afterwardsMs = 60_000;
/** Faults end when this share of the events has ended; the last few wait for retries. */
const mostEnded = 0.95;

export interface ChaosSettings {
  readonly seed: number;
  /** Events into each flow. */
  readonly events: number;
  /** Share of the functions' AWS calls that meet a fault, from 0 to 1. */
  readonly share: number;
  /** Gets the part of the run that begins, and how to count the events that have ended so far, in both flows. */
  readonly onPart: (part: 'start' | 'faults' | 'calm', ended: () => number) => void;
}

/** What one run did, and the promises it broke. */
export interface ChaosResult {
  readonly broken: readonly string[];
  readonly accepted: { readonly inbound: number; readonly outbound: number };
  readonly calls: number;
  readonly faults: number;
  readonly acts: Readonly<Record<string, number>>;
  /** Requests per delivered event, and runs of a handler per event: more than one where a response was lost. */
  readonly requests: number;
  readonly handlerRuns: number;
  /** To start, under faults, and from the last fault to the last end. */
  readonly seconds: readonly number[];
}

/** Sends events through both flows of a stack of its own while calls fail, processes die and queues are purged. */
export async function runChaos({ seed, events, share, onPart }: ChaosSettings): Promise<ChaosResult> {
  const watch = stopwatch();
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-chaos-'));
  const outside = await startOutside(seed);
  const faults = seededFaults(seed, share);
  const proxy = await startChaosProxy(faults);
  onPart('start', outside.ended);
  const aws = await startLocalAws({
    app: 'test/apps/chaos.ts',
    stateDir,
    strict: false,
    port: 0,
    functionEndpoint: proxy.url,
    context: { sink: outside.url },
  });
  try {
    proxy.passOnTo(aws.endpoint.url);
    const chaos = await disturber(aws, faults, seed);
    watch.lap();
    onPart('faults', outside.ended);
    const enough = new AbortController();
    const sending = sendTraffic(aws, { events, spreadMs, outsideUrl: outside.url });
    const faultsEnd = sending.then((sent) => untilMostEnded(sent, outside)).finally(() => enough.abort());
    const [accepted] = await Promise.all([sending, chaos.run(enough.signal), faultsEnd]);
    faults.calm();
    outside.calm();
    watch.lap();
    onPart('calm', outside.ended);
    const broken = [...(await brokenPromises(aws, accepted, outside, chaos.endWaits)), ...chaos.overdue];
    watch.lap();
    return {
      broken,
      accepted: { inbound: accepted.inbound.length, outbound: accepted.outbound.length },
      calls: proxy.calls(),
      faults: total(faults.counts.values()),
      acts: chaos.counts,
      requests: total([...outside.received.values()].map(({ requests }) => requests)),
      handlerRuns: total(outside.handled.values()),
      seconds: watch.laps,
    };
  } finally {
    await aws.stop();
    proxy.close();
    outside.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function untilMostEnded({ inbound, outbound }: Accepted, { ended }: Outside): Promise<void> {
  const end = Date.now() + afterwardsMs;
  const most = mostEnded * (inbound.length + outbound.length);
  while (ended() < most && Date.now() < end) await pause(500);
}

function stopwatch() {
  const laps: number[] = [];
  let begun = Date.now();
  return {
    /** In whole seconds. */
    laps,
    lap(): void {
      laps.push(Math.round((Date.now() - begun) / 1000));
      begun = Date.now();
    },
  };
}

const total = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0);
