import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeStateDirectory, writeAtomically } from '../../local/state.ts';
import { freshDirectory } from './support/fresh-directory.ts';

/** The parent of every process: it runs, and is not this one. */
const somebodyElse = 1;

test('a second start of the same directory is refused with the process that uses it', () => {
  const path = freshDirectory();
  writeFileSync(join(path, 'running.pid'), String(somebodyElse));

  expect(() => takeStateDirectory(path)).toThrow(
    /^A local AWS runs already, as process 1: stop that one first .*running\.pid\)\.$/,
  );
});

test('the files of a killed run do not prevent a start, and its outputs are removed', () => {
  const path = freshDirectory();
  writeFileSync(join(path, 'running.pid'), '999999999');
  writeFileSync(join(path, 'outputs.json'), '{}');

  const state = takeStateDirectory(path);

  expect(readFileSync(join(path, 'running.pid'), 'utf8')).toBe(String(process.pid));
  expect(existsSync(state.outputsFile)).toBe(false);
});

test('a released state directory does not look in use', () => {
  const path = freshDirectory();
  const state = takeStateDirectory(path);
  writeAtomically(state.outputsFile, '{"a":1}');
  const written = readFileSync(state.outputsFile, 'utf8');

  state.release();

  expect(written).toBe('{"a":1}');
  expect(existsSync(state.outputsFile)).toBe(false);
  expect(existsSync(join(path, 'running.pid'))).toBe(false);
});

test.each([0o755, 0o777])('a directory that was open to other users (%o) is closed to them', (mode) => {
  const path = freshDirectory();
  chmodSync(path, mode);

  const made = join(path, 'made', 'anew');
  takeStateDirectory(path).release();
  takeStateDirectory(made).release();

  expect([path, made].map((directory) => statSync(directory).mode & 0o777)).toEqual([0o700, 0o700]);
});
