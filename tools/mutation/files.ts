import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Area } from './areas.ts';
import { parseRecord, type ScoreRecord } from './record.ts';
import { type Equivalent, parseEquivalents } from './report.ts';

export const root = resolve(import.meta.dirname, '../..');

const recordFile = join(root, 'test/mutation/score.json');
const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

export const readRecord = (): ScoreRecord => parseRecord(readJson(recordFile));

/** One line for each file, so that a diff shows what changed. */
export function writeRecord({ files, ...head }: ScoreRecord): void {
  const lines = Object.entries(files).map(
    ([file, { mutants, survivors, equivalent, oneIn }]) =>
      `    ${JSON.stringify(file)}: { "mutants": ${mutants}, "survivors": ${survivors}, "equivalent": ${equivalent}${oneIn === undefined ? '' : `, "oneIn": ${oneIn}`} }`,
  );
  const { measured, floor } = head;
  writeFileSync(
    recordFile,
    `{\n  "measured": "${measured}",\n  "floor": { "protocol": ${floor.protocol}, "rest": ${floor.rest} },\n  "files": {\n${lines.join(',\n')}\n  }\n}\n`,
  );
}

export const readEquivalents = (): readonly Equivalent[] =>
  parseEquivalents(readJson(join(root, 'test/mutation/equivalent.json')));

export const readStrykerReport = (): unknown => readJson(join(root, '.local/mutation/report.json'));

/** The files of an area. */
export const filesIn = ({ code }: Area): readonly string[] => globSync([...code], { cwd: root });

export const isInProject = (file: string): boolean => existsSync(join(root, file));

/** Files that differ from the branch, committed or not; deleted ones excluded. @throws Error when git has no such branch */
export function changedSince(branch: string): readonly string[] {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
  const [base = branch] = git('merge-base', branch, 'HEAD');
  const changed = git('diff', '--name-only', '--diff-filter=d', base);
  return [...changed, ...git('ls-files', '--others', '--exclude-standard')];
}
