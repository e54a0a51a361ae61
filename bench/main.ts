import { parseArgs } from 'node:util';
import { measureCalls } from './calls.ts';
import { measureColdStarts } from './cold-starts.ts';
import { measureCpu } from './cpu/measure.ts';
import { measureFlows } from './flows.ts';
import { callsTable, coldStartsTable, verificationsTable } from './tables.ts';
import { measureVerifications } from './verifications.ts';

/**
 * `npm run bench -- 2000 [--only verification|calls|cold|cpu|flows] [--strict]`: measures the verification of a request, calls of
 * AWS, cold starts, the functions' processor time alone, and 2,000 events in and 2,000 out through the local AWS. With
 * `--slow-endpoint 60` it compares twenty healthy endpoints alone and beside one that hangs, for 60 seconds each.
 *
 * Of the processor time: `--rate 50` adds a run of each flow at 50 events a second, `--batch 10` sets the messages in an
 * invocation, `--before ../other/cdk.out` takes turns with another version's cloud assembly, `--profile out/` keeps CPU profiles.
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
  },
});
const parts = ['verification', 'calls', 'cold', 'cpu', 'flows'];
const count = Number(positionals[0] ?? 500);
if (!Number.isInteger(count) || count < 1) {
  console.error(`'${positionals[0]}' is not a number of events; try: npm run bench -- 2000`);
  process.exit(2);
}
if (values.only !== undefined && !parts.includes(values.only)) {
  console.error(`'${values.only}' is not a part of the bench; write --only ${parts.join(', --only ')}`);
  process.exit(2);
}

/** A whole number from 1 on; undefined when the option is not given. */
function numberIn(name: 'rate' | 'batch'): number | undefined {
  const text = values[name];
  const value = Number(text);
  if (text === undefined || (Number.isInteger(value) && value > 0)) return text === undefined ? text : value;
  console.error(`--${name} is '${text}'; it has to be a whole number from 1 on`);
  process.exit(2);
}
const [rate, batch] = [numberIn('rate'), numberIn('batch')];

const slowSeconds = values['slow-endpoint'] === undefined ? undefined : Number(values['slow-endpoint']);
const isWanted = (part: string): boolean => (values.only ?? part) === part;

if (isWanted('verification') && slowSeconds === undefined) {
  const sizes = new Map<number, ReadonlyMap<string, number>>();
  for (const bytes of [1_000, 20_000]) sizes.set(bytes, await measureVerifications(bytes, 20));
  console.log(`\nVerification\n\n${verificationsTable(sizes)}`);
}
if (isWanted('calls') && slowSeconds === undefined)
  console.log(`\nCalls of AWS\n\n${callsTable(await measureCalls(20))}`);
if (isWanted('cold') && slowSeconds === undefined)
  console.log(`\nCold starts\n\n${coldStartsTable(await measureColdStarts(9))}`);
if (isWanted('cpu') && slowSeconds === undefined) {
  const { before, profile: profiles } = values;
  const { text, isWhole } = await measureCpu({ count, rate, batch, before, profiles });
  console.log(`\nProcessor time\n\n${text}`);
  if (!isWhole) process.exitCode = 1;
}
if (isWanted('flows')) {
  const { text, isWhole } = await measureFlows({ count, strict: values.strict, slowSeconds });
  console.log(`\nFlows\n\n${text}`);
  if (!isWhole) process.exitCode = 1;
}
