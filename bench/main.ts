import { parseArgs } from 'node:util';
import { measurePeer } from './against/measure.ts';
import { outpost } from './against/outpost.ts';
import { missingFor, programOnPath } from './against/peer.ts';
import { svix } from './against/svix.ts';
import { measureCalls } from './calls.ts';
import { measureColdStarts } from './cold-starts.ts';
import { measureCpu } from './cpu/measure.ts';
import { cpuRows } from './cpu/rows.ts';
import { measureFlows, measureSlowEndpoint } from './flows.ts';
import { callRows, coldStartRows, flowRows, verificationRows } from './rows.ts';
import { type Row, tableOf } from './table.ts';
import { measureVerifications } from './verifications.ts';

/**
 * `npm run bench -- 2000 [--only verification|calls|cold|cpu|flows] [--strict]`: measures the verification of a request, calls of
 * AWS, cold starts, the functions' processor time alone, and 2,000 events in and 2,000 out through the local AWS, and prints one
 * table. With `--slow-endpoint 60` it compares twenty healthy endpoints alone and beside one that hangs, for 60 seconds each.
 *
 * Of the processor time: `--rate 50` adds a run of each flow at 50 events a second (the default of a run of all parts), `--batch
 * 10` sets the messages in an invocation, `--before ../other/cdk.out` takes turns with another version's cloud assembly,
 * `--profile out/` keeps CPU profiles.
 *
 * `--against outpost|svix [--server /opt/svix-server]` measures sending alone, and the same events through the other product's
 * server, whose program and stores have to be there.
 *
 * Fails when anything is lost or done twice. Compare only runs on the same machine: events per second and latencies depend on the
 * emulator as much as on Hookline. CPU time depends less on what else runs.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    strict: { type: 'boolean', default: false },
    'slow-endpoint': { type: 'string' },
    rate: { type: 'string' },
    batch: { type: 'string' },
    before: { type: 'string' },
    profile: { type: 'string' },
    against: { type: 'string' },
    server: { type: 'string' },
  },
});
const parts = ['verification', 'calls', 'cold', 'cpu', 'flows'];
const peers = new Map([outpost, svix].map((peer) => [peer.name.toLowerCase(), peer]));
const usualRate = 50;

function refuse(...lines: readonly string[]): never {
  for (const line of lines) console.error(line);
  process.exit(2);
}

const count = Number(positionals[0] ?? 500);
if (!Number.isInteger(count) || count < 1)
  refuse(`'${positionals[0]}' is not a number of events; try: npm run bench -- 2000`);
if (values.only !== undefined && !parts.includes(values.only))
  refuse(`'${values.only}' is not a part of the bench; write --only ${parts.join(', --only ')}`);

/** A whole number from 1 on; undefined when the option is not given. */
function numberIn(name: 'rate' | 'batch' | 'slow-endpoint'): number | undefined {
  const text = values[name];
  const value = Number(text);
  if (text === undefined || (Number.isInteger(value) && value > 0)) return text === undefined ? text : value;
  return refuse(`--${name} is '${text}'; it has to be a whole number from 1 on`);
}

/** The product to measure against, with the path of its server; undefined when the option is not given. */
function peerIn() {
  if (values.against === undefined) return undefined;
  const peer = peers.get(values.against);
  if (peer === undefined)
    return refuse(
      `'${values.against}' is not known; write --against ${[...peers.keys()].join(' or --against ')}`,
    );
  const missing = missingFor(peer, values.server, process.env);
  if (missing.length > 0) return refuse(...missing);
  return { peer, program: values.server ?? programOnPath(peer.program.name, process.env) ?? '' };
}

const [rate, batch, slowSeconds] = [numberIn('rate'), numberIn('batch'), numberIn('slow-endpoint')];
const against = peerIn();
const { before, profile: profiles } = values;
const faults: string[] = [];

/** The parts of the bench, in the order of the table. */
const measurements: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  async verification() {
    const rows: Row[] = [];
    for (const bytes of [1_000, 20_000])
      rows.push(...verificationRows(bytes, await measureVerifications(bytes, 20)));
    return rows;
  },
  calls: async () => callRows(await measureCalls(20)),
  cold: async () => coldStartRows(await measureColdStarts(9)),
  async cpu() {
    const pace = rate ?? (values.only === undefined && against === undefined ? usualRate : undefined);
    const flows = against === undefined ? undefined : (['out'] as const);
    const own = await measureCpu({ count, rate: pace, batch, before, profiles, flows });
    faults.push(...own.flatMap(({ runs }) => runs.flatMap((run) => run.faults)));
    const others = against && (await measurePeer(against.peer, against.program, { count, rate: pace }));
    return cpuRows([...own, ...(others ?? [])]);
  },
  async flows() {
    const flows = await measureFlows(count, values.strict);
    faults.push(...flows.flatMap((flow) => flow.faults));
    return flowRows(flows);
  },
};

if (slowSeconds !== undefined) console.log(await measureSlowEndpoint(slowSeconds, values.strict));
else {
  const wanted = against !== undefined ? ['cpu'] : values.only !== undefined ? [values.only] : parts;
  const rows: Row[] = [];
  for (const part of wanted) rows.push(...((await measurements[part]?.()) ?? []));
  console.log(`\n${tableOf(rows)}`);
}
if (faults.length > 0) {
  console.error(`\nFAILED: ${faults.length} times an event was lost, done twice or refused:`);
  for (const fault of faults.slice(0, 10)) console.error(`    ${fault}`);
  process.exitCode = 1;
}
