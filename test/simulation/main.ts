import { SingleBar } from 'cli-progress';
import { argumentsOrExit } from '../../tools/read-options.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { playMutants } from './play-mutants.ts';
import { failureText, summaryText } from './report.ts';
import { search, shortest } from './search.ts';

/** `npm run simulate -- --help` says what it does. */
async function main(args: Arguments): Promise<number> {
  if (args.mutants !== undefined) return (await playMutants(args, args.mutants)) ? 0 : 1;
  const bar = new SingleBar({
    format: '{bar} {value}/{total} runs, {eta_formatted} left',
    clearOnComplete: true,
  });
  const startedAt = performance.now();
  bar.start(args.runs, 0);
  const found = await search({ runs: args.runs, firstSeed: args.seed, flow: args.flow }, () =>
    bar.increment(),
  );
  bar.stop();
  console.log(summaryText(found, (performance.now() - startedAt) / 1000));
  if (found.failure === undefined) return 0;
  console.log(failureText(found.failure));
  console.log('Looking for the shortest run that breaks it …');
  console.log(failureText(found.failure, await shortest(found.failure)));
  return 1;
}

const args = argumentsOrExit(readArguments);
try {
  process.exitCode = await main(args);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
