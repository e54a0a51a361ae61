import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join, matchesGlob } from 'node:path';
import { type Area, areas, remembering } from './areas.ts';
import { parseArguments, type Scope } from './arguments.ts';
import { refusedByCompiler } from './compile.ts';
import {
  changedSince,
  filesIn,
  isInProject,
  readEquivalents,
  readRecord,
  readStrykerReport,
  root,
  writeRecord,
} from './files.ts';
import { regressions, shown, summary, withMeasured, withRaisedFloor } from './record.ts';
import { type Measured, readReport, survivorsIn } from './report.ts';

// npm run mutation [-- --changed | --since BRANCH | FILES] [--sample N] [--tests FILES] [--concurrency N] [--force]
// Changes the code in small ways, one at a time, and counts what no test notices.

const stryker = 'tools/stryker';
const { scope, options, tests, oneIn } = parseArguments(process.argv.slice(2));

const isRemembering = (file: string) => remembering.some((pattern) => matchesGlob(file, pattern));
const chosen = areas
  .map((area) => ({ area, all: filesOf(area, scope) }))
  .flatMap(({ area, all }) => [
    { area, isKept: true, files: all.filter((file) => !isRemembering(file)) },
    { area, isKept: false, files: all.filter(isRemembering) },
  ])
  .filter(({ files }) => files.length > 0);
if (chosen.length === 0) console.log('nothing to measure: tools/mutation/areas.ts names no such file');
else await installStryker();
for (const { area, isKept, files } of chosen)
  process.exitCode = Math.max(Number(process.exitCode ?? 0), await measure(area, isKept, files));
// Only a run over everything says how good a group is.
if (scope.kind === 'all' && tests === undefined && !process.exitCode)
  writeRecord(withRaisedFloor(readRecord()));

function filesOf(area: Area, of: Scope): readonly string[] {
  const all = filesIn(area);
  switch (of.kind) {
    case 'all':
      return all;
    case 'changed': {
      const changed = new Set(changedSince(of.since));
      return all.filter((file) => changed.has(file));
    }
    case 'named':
      return all.filter((file) => of.patterns.some((pattern) => matchesGlob(file, pattern)));
  }
}

/**
 * @param isKept whether the tests of a mutant run in the thread of the mutant before
 * @returns the exit code: 1 when a score is lower than recorded
 */
async function measure(area: Area, isKept: boolean, files: readonly string[]): Promise<number> {
  const results = `${oneIn === 1 ? 'results' : `sample-${oneIn}`}${tests === undefined ? '' : '-of-some-tests'}.json`;
  const bin = join(stryker, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const config = join(stryker, 'stryker.config.json');
  const incremental = join('.local/mutation', area.name, results);
  const code = await run(
    process.execPath,
    [bin, 'run', config, '--mutate', files.join(','), '--incrementalFile', incremental, ...options],
    {
      MUTATION_TESTS: tests ?? area.tests.join(' '),
      MUTATION_THREAD: isKept ? 'kept' : 'new',
      MUTATION_SAMPLE: `${oneIn}`,
    },
  );
  if (code !== 0) return code;
  // The report also has what earlier runs found in other files.
  const isMeasured = (file: string) => files.includes(file);
  const report = readStrykerReport();
  const refused = await refusedByCompiler(survivorsIn(report, { isMeasured, oneIn }));
  return judge(readReport(report, readEquivalents(), { isMeasured, oneIn, refused }));
}

/** Writes the scores down, unless they are worse than before. */
function judge({ scores, survivors, stale }: Measured): number {
  for (const { file, line, mutator, original, replacement } of survivors)
    console.log(`${file}:${line} ${mutator}: ${original} → ${replacement}`);
  for (const { file, original, replacement } of stale)
    console.log(
      `test/mutation/equivalent.json lists what a test notices: ${file} ${original} → ${replacement}`,
    );
  for (const [file, score] of Object.entries(scores)) console.log(`${file}: ${shown(score)}`);
  if (tests !== undefined) return 0;
  const before = readRecord();
  const after = withMeasured(before, scores, new Date().toISOString().slice(0, 10), isInProject);
  const worse = regressions(before, after);
  for (const line of summary(after, areas.flatMap(filesIn))) console.log(line);
  for (const line of worse) console.error(`worse than recorded: ${line}`);
  if (worse.length > 0) return 1;
  writeRecord(after);
  return 0;
}

/** Stryker and its 177 packages are not part of the project's own `npm ci`. */
async function installStryker(): Promise<void> {
  if (isInProject(`${stryker}/node_modules/@stryker-mutator/core`)) return;
  const code = await run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error', '--prefix', stryker]);
  if (code !== 0) throw new Error(`npm ci --prefix ${stryker} failed with exit code ${code}`);
}

/** @returns the exit code; the process has a low priority, because it may take hours */
function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => done(code ?? 1));
  });
}
