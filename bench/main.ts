import { argumentsOrExit } from '../tools/read-options.ts';
import { measurePeer } from './against/measure.ts';
import { missingFor, programOnPath } from './against/peer.ts';
import { type BenchArguments, type Part, peers, readBenchArguments } from './arguments.ts';
import { measureCalls } from './calls.ts';
import { measureColdStarts } from './cold-starts.ts';
import { measureCpu } from './cpu/measure.ts';
import { cpuRows } from './cpu/rows.ts';
import { measureFlows, measureSlowEndpoint } from './flows.ts';
import { callRows, coldStartRows, flowRows, verificationRows } from './rows.ts';
import { type Row, tableOf } from './table.ts';
import { measureVerifications } from './verifications.ts';

/** `npm run bench -- --help` says what it does. */
const args = argumentsOrExit(readBenchArguments);
const { count, rate, batch, before, profile: profiles } = args;
/** Events a second of a run of all parts. */
const usualRate = 50;
const against = peerOf(args);

/** The product to measure against, with the path of its server; undefined when the option is not given. */
function peerOf({ against: name = '', server }: BenchArguments) {
  const peer = peers.get(name);
  if (peer === undefined) return undefined;
  const missing = missingFor(peer, server, process.env);
  if (missing.length === 0)
    return { peer, program: server ?? programOnPath(peer.program.name, process.env) ?? '' };
  for (const line of missing) console.error(line);
  return process.exit(2);
}

const faults: string[] = [];

/** The parts of the bench, in the order of the table. */
const measurements: Readonly<Record<Part, () => Promise<readonly Row[]>>> = {
  async verification() {
    const rows: Row[] = [];
    for (const bytes of [1_000, 20_000])
      rows.push(...verificationRows(bytes, await measureVerifications(bytes, 20)));
    return rows;
  },
  calls: async () => callRows(await measureCalls(20)),
  cold: async () => coldStartRows(await measureColdStarts(9)),
  async cpu() {
    const pace = rate ?? (args.parts.length > 1 ? usualRate : undefined);
    const flows = against === undefined ? undefined : (['out'] as const);
    const own = await measureCpu({ count, rate: pace, batch, before, profiles, flows });
    faults.push(...own.flatMap(({ runs }) => runs.flatMap((run) => run.faults)));
    const others = against && (await measurePeer(against.peer, against.program, { count, rate: pace }));
    return cpuRows([...own, ...(others ?? [])]);
  },
  async flows() {
    const flows = await measureFlows(count, args.strict);
    faults.push(...flows.flatMap((flow) => flow.faults));
    return flowRows(flows);
  },
};

if (args.slowEndpoint !== undefined) console.log(await measureSlowEndpoint(args.slowEndpoint, args.strict));
else {
  const rows: Row[] = [];
  for (const part of args.parts) rows.push(...(await measurements[part]()));
  console.log(`\n${tableOf(rows)}`);
}
if (faults.length > 0) {
  console.error(`\nFAILED: ${faults.length} times an event was lost, done twice or refused:`);
  for (const fault of faults.slice(0, 10)) console.error(`    ${fault}`);
  process.exitCode = 1;
}
