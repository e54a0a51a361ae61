import { argumentsOrExit } from '../../tools/read-options.ts';
import { readArguments } from './arguments.ts';
import { crashMutants } from './crash-mutants.ts';
import { search } from './search.ts';

// A process of `npm run simulate -- --mutants`: plays seeds until a promise is broken, and prints the result as JSON.
const { runs, seed, flow } = argumentsOrExit(readArguments);
const options = crashMutants.get(process.env['MUTANT'] ?? '')?.options;
const { runs: played, failure } = await search({ runs, firstSeed: seed, flow, options });
console.log(JSON.stringify({ runs: played, violation: failure?.run.violations[0] }));
// A run that broke a promise may leave processes behind that wait for ever.
process.exit(0);
