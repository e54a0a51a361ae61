import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '../../local/emulator.ts';
import { disturber } from './disturb.ts';
import { seededFaults } from './faults.ts';
import { brokenPromises } from './promises.ts';
import { startChaosProxy } from './proxy.ts';
import { sendTraffic } from './traffic.ts';
import { startOutside } from './world.ts';

export interface ChaosSettings {
  readonly seed: number;
  /** Events into each flow. */
  readonly events: number;
  /** Share of the functions' AWS calls that meet a fault, from 0 to 1. */
  readonly share: number;
  readonly onSent: () => void;
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
  readonly seconds: number;
}

/** Sends events through both flows of a stack of its own while calls fail, processes die and queues are purged. */
export async function runChaos({ seed, events, share, onSent }: ChaosSettings): Promise<ChaosResult> {
  const begun = Date.now();
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-chaos-'));
  const outside = await startOutside(seed);
  const faults = seededFaults(seed, share);
  const proxy = await startChaosProxy(faults);
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
    const enough = new AbortController();
    const disturbing = chaos.run(enough.signal);
    const accepted = await sendTraffic(aws, events, outside.url, onSent);
    enough.abort();
    await disturbing;
    faults.calm();
    outside.calm();
    const broken = await brokenPromises(aws, accepted, outside, chaos.sweep);
    const total = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0);
    return {
      broken,
      accepted: { inbound: accepted.inbound.length, outbound: accepted.outbound.length },
      calls: proxy.calls(),
      faults: total(faults.counts.values()),
      acts: chaos.counts,
      requests: total([...outside.received.values()].map(({ requests }) => requests)),
      handlerRuns: total(outside.handled.values()),
      seconds: Math.round((Date.now() - begun) / 1000),
    };
  } finally {
    await aws.stop();
    proxy.close();
    outside.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}
