import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { type ChaosResult, runChaos } from './run.ts';

/**
 * `npm run chaos -- [--seeds 10] [--first 1] [--events 1000] [--share 0.1]`: runs both flows on the local AWS under
 * faults, once for each seed, and checks every promise at the end of each run.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    first: { type: 'string', default: '1' },
    events: { type: 'string', default: '1000' },
    share: { type: 'string' },
  },
});

const count = (name: 'seeds' | 'first' | 'events'): number => {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`--${name} is '${values[name]}'; it has to be a whole number from 1 on`);
  process.exit(2);
};

const [seeds, first, events] = [count('seeds'), count('first'), count('events')];
const fixedShare = values.share === undefined ? undefined : Number(values.share);
if (fixedShare !== undefined && !(fixedShare >= 0 && fixedShare <= 1)) {
  console.error(`--share is '${values.share}'; it has to be a number from 0 to 1, e.g. 0.1`);
  process.exit(2);
}
const table = new Table({
  head: ['seed', 'faults', 'calls', 'killed', 'purged', 'in', 'runs', 'out', 'requests', 'seconds', 'broken'],
});

for (let seed = first; seed < first + seeds; seed++) {
  // From 5 to 20 %, a different one for each seed.
  const share = fixedShare ?? 0.05 + 0.15 * (((seed - 1) % 10) / 9);
  const bar = new SingleBar({ format: `seed ${seed} {bar} {value}/{total} sent`, clearOnComplete: true });
  bar.start(events, 0);
  const result = await runChaos({ seed, events, share, onSent: () => bar.increment() });
  bar.stop();
  table.push(row(seed, share, result));
  for (const text of result.broken) console.log(`seed ${seed}: ${text}`);
  if (result.broken.length > 0) process.exitCode = 1;
}
console.log(table.toString());

function row(seed: number, share: number, result: ChaosResult): string[] {
  const { accepted, acts, calls, faults, handlerRuns, requests, seconds, broken } = result;
  return [
    `${seed} (${(share * 100).toFixed(0)} %)`,
    ...[faults, calls, acts['kill'], acts['purge']].map(String),
    ...[accepted.inbound, handlerRuns, accepted.outbound, requests, seconds, broken.length].map(String),
  ];
}
