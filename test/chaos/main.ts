import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { argumentsOrExit } from '../../tools/read-options.ts';
import { readChaosArguments } from './arguments.ts';
import { type ChaosResult, type ChaosSettings, runChaos } from './run.ts';

/** `npm run chaos -- --help` says what it does. */
const { seeds, first, events, share: fixedShare } = argumentsOrExit(readChaosArguments);
const table = new Table({
  head: ['seed', 'faults', 'calls', 'killed', 'purged', 'in', 'runs', 'out', 'requests', 'seconds', 'broken'],
});

const results: ChaosResult[] = [];

for (let seed = first; seed < first + seeds; seed++) {
  // From 5 to 20 %, a different one for each seed.
  const share = fixedShare ?? 0.05 + 0.15 * (((seed - 1) % 10) / 9);
  const result = await withBar(seed, (onPart) => runChaos({ seed, events, share, onPart }));
  results.push(result);
  table.push(row(seed, share, result));
  const { broken, accepted, seconds } = result;
  for (const text of broken) console.log(`seed ${seed}: ${text}`);
  console.log(
    `seed ${seed}: ${accepted.inbound} in, ${accepted.outbound} out, ${broken.length} broken, ${seconds.join(' + ')} s`,
  );
  if (broken.length > 0) process.exitCode = 1;
}
console.log(table.toString());
console.log(summary(results));

function summary(of: readonly ChaosResult[]): string {
  const sum = (count: (result: ChaosResult) => number) =>
    of.reduce((total, result) => total + count(result), 0).toLocaleString('en');
  const [inbound, outbound] = [
    sum(({ accepted }) => accepted.inbound),
    sum(({ accepted }) => accepted.outbound),
  ];
  const [faults, calls, broken] = [sum((r) => r.faults), sum((r) => r.calls), sum((r) => r.broken.length)];
  return `${of.length} seeds: ${inbound} events in, ${outbound} out, ${faults} faults in ${calls} calls, ${broken} broken promises`;
}

/** Shows how many events have ended, in both flows, while a run goes on. */
async function withBar<Result>(
  seed: number,
  work: (onPart: ChaosSettings['onPart']) => Promise<Result>,
): Promise<Result> {
  const bar = new SingleBar({
    format: `seed ${seed}, {part} {bar} {value}/{total} ended`,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: 15_000,
  });
  const shown = { part: 'start' };
  let ended = (): number => 0;
  bar.start(2 * events, 0, shown);
  const ticking = setInterval(() => bar.update(ended(), shown), 500);
  try {
    return await work((part, count) => {
      shown.part = part;
      ended = count;
    });
  } finally {
    clearInterval(ticking);
    bar.stop();
  }
}

function row(seed: number, share: number, result: ChaosResult): string[] {
  const { accepted, acts, calls, faults, handlerRuns, requests, seconds, broken } = result;
  return [
    `${seed} (${(share * 100).toFixed(0)} %)`,
    ...[faults, calls, acts['kill'], acts['purge'], accepted.inbound, handlerRuns].map(String),
    ...[accepted.outbound, requests, seconds.join(' + '), broken.length].map(String),
  ];
}
