import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { createVitest, type TestModule } from 'vitest/node';

/** What a run of test files came to: `not loaded` when a file has no test that ran. */
export interface Played {
  readonly run: 'passed' | 'failed' | 'not loaded';
  /** The test that failed first, or why a file did not load. */
  readonly detail: string;
}

/** A message to a player: the test files to run, and the mutant to play, if any. */
export const Play = v.object({
  files: v.array(v.string()),
  mutant: v.optional(v.object({ name: v.string(), file: v.string() })),
});
export type Play = v.InferOutput<typeof Play>;

const root = resolve(import.meta.dirname, '../..');

/** Runs tests with one mutant after the other in one Vitest, which keeps what it has loaded of all other files. */
async function player() {
  const vitest = await createVitest('test', {
    root,
    watch: false,
    bail: 1,
    reporters: [{}],
    project: ['rules'],
    maxWorkers: 1,
  });
  const invalidate = (file?: string) => file !== undefined && vitest.invalidateFile(join(root, file));

  return async function run({ files, mutant }: Play): Promise<Played> {
    process.env['MUTANT'] = mutant?.name ?? '';
    invalidate(mutant?.file);
    // Otherwise the failures of the run before count for this one, which then ends at once.
    vitest.state.filesMap.clear();
    const specifications = vitest.projects.flatMap((project) =>
      files.map((file) => project.createSpecification(join(root, file))),
    );
    const { testModules } = await vitest.runTestSpecifications(specifications, false);
    invalidate(mutant?.file);
    return playedIn(testModules);
  };
}

function playedIn(modules: readonly TestModule[]): Played {
  const testsThat = (state: 'failed' | 'passed') =>
    modules.flatMap(({ children }) => [...children.allTests(state)]);
  const [failed] = testsThat('failed');
  if (failed !== undefined) return { run: 'failed', detail: failed.fullName };
  const [error] = modules.flatMap((module) => module.errors());
  if (error !== undefined) return { run: 'not loaded', detail: error.message.slice(0, 300) };
  const hasRun = modules.length > 0 && testsThat('passed').length > 0;
  return hasRun ? { run: 'passed', detail: '' } : { run: 'not loaded', detail: 'no test ran' };
}

if (process.send !== undefined) {
  process.on('disconnect', () => process.exit());
  const run = player();
  process.on('message', async (message) => process.send?.(await (await run)(v.parse(Play, message))));
}
