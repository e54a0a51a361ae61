// A plugin of StrykerJS: with MUTATION_SAMPLE=5, only one mutant in five is tested. The others have no result.
import { isInSample } from '../mutation/sample.ts';

const oneIn = Number(process.env.MUTATION_SAMPLE ?? 1);

/** Lines and columns count from 0 here, and from 1 in the report. */
const isTested = ({ fileName, location: { start }, replacement }) =>
  isInSample(
    {
      file: fileName.slice(fileName.lastIndexOf('/lambdas/') + 1),
      line: start.line + 1,
      column: start.column + 1,
      replacement,
    },
    oneIn,
  );

class Sample {
  async init() {}

  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants) {
    const results = mutants.map((mutant) => [
      mutant.id,
      isTested(mutant) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' },
    ]);
    return Object.fromEntries(results);
  }
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', injectableClass: Sample }];
