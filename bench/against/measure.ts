import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { printProgress } from '../../local/progress.ts';
import { onLoopback } from '../../test/support/loopback-server.ts';
import { type CpuOptions, pacedSeconds, rounds } from '../cpu/measure.ts';
import { type CpuRun, type CpuSeries, fateOf } from '../cpu/run.ts';
import { idsOf, sendPaced } from '../pace.ts';
import type { Peer } from './peer.ts';
import { type RunningServer, startServer } from './server.ts';

const warmUp = 600;
const patienceMs = 300_000;
/** How a peer is measured. */
interface PeerOptions extends Pick<CpuOptions, 'count' | 'rate'> {
  /**
   * How long a run goes on after its last arrival, in milliseconds: the server still stores what it knows of the deliveries.
   * @default two seconds
   */
  readonly settleMs?: number;
}

/**
 * Measures the processor time of another product's server for each delivered event: as many events of 1 kB as Hookline gets, for
 * one endpoint that answers 200 at once.
 *
 * @param program the path of the server's program
 */
export async function measurePeer(
  peer: Peer,
  program: string,
  options: PeerOptions,
): Promise<readonly CpuSeries[]> {
  const { count, rate } = options;
  const show = printProgress(console.error);
  const endpoint = await startEndpoint();
  const server = await show(`start ${peer.name}`, () => startServer(peer, program));
  try {
    await peer.register(server.call, `${endpoint.url}/hooks`);
    await runOnce(peer, server, endpoint, { ...options, rate: undefined, count: warmUp });
    const paces = rate === undefined ? [undefined] : [undefined, rate];
    const measured: CpuSeries[] = [];
    for (const pace of paces) {
      const events = pace === undefined ? count : pace * pacedSeconds;
      const runs: CpuRun[] = [];
      for (let round = 1; round <= rounds; round++)
        runs.push(
          await show(`${events} events out, ${peer.name}, round ${round} of ${rounds}`, () =>
            runOnce(peer, server, endpoint, { ...options, count: events, rate: pace }),
          ),
        );
      measured.push({ version: peer.name, flow: 'out', rate: pace, runs });
    }
    return measured;
  } finally {
    await server.stop();
    endpoint.close();
  }
}

async function runOnce(
  peer: Peer,
  server: RunningServer,
  endpoint: Awaited<ReturnType<typeof startEndpoint>>,
  { count, rate, settleMs = 2_000 }: PeerOptions,
): Promise<CpuRun> {
  // A server remembers ids, those of earlier runs, too.
  const ids = idsOf(`evt_${randomUUID()}`, count);
  const sentAt = new Map<string, number>();
  const [cpuBefore, logBefore] = [server.cpuMs(), server.logBytes()];
  const begun = performance.now();
  await sendPaced(ids, rate, async (id) => {
    sentAt.set(id, Date.now());
    await peer.publish(server.call, id, { id, number: 1, customer: 'cus_1', text: 'x'.repeat(850) });
  });
  const end = performance.now() + patienceMs;
  while (ids.some((id) => !endpoint.doneAt.has(id)) && performance.now() < end) await pause(10);
  const seconds = (performance.now() - begun) / 1000;
  await pause(settleMs);
  const spent = {
    cpuMs: server.cpuMs() - cpuBefore,
    megabytes: server.megabytes(),
    logBytes: server.logBytes() - logBefore,
  };
  return {
    count,
    seconds,
    ...fateOf(ids, sentAt, endpoint),
    functions: new Map([['server', spent]]),
    calls: new Map(),
    batches: new Map(),
  };
}

/** An endpoint that answers 200 at once, and finds the event's id in the body, wherever a product puts it. */
async function startEndpoint() {
  const doneAt = new Map<string, number>();
  const times = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const [id = ''] = /evt_[0-9a-f-]{36}_\d+/.exec(await text(request)) ?? [];
    times.set(id, (times.get(id) ?? 0) + 1);
    doneAt.set(id, doneAt.get(id) ?? Date.now());
    response.end('ok');
  });
  return { doneAt, times, ...(await onLoopback(server)) };
}
