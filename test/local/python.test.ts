import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silently } from '../../local/progress.ts';
import { ensureVenv, findPython, type Runner } from '../../local/python.ts';
import { freshDirectory } from './support/fresh-directory.ts';

/** A machine with these commands; each prints what is given, or fails as a missing one does. */
const machine =
  (commands: Readonly<Record<string, string>>): Runner =>
  async (command) => {
    const output = commands[command];
    return output === undefined ? { code: null, output: `spawn ${command} ENOENT` } : { code: 0, output };
  };

test('the newest Python that runs is used', async () => {
  expect(await findPython(machine({ 'python3.10': '3.10', 'python3.12': '3.12', python3: '3.9' }))).toBe(
    'python3.12',
  );
});

test('plain python3 is sufficient, even with something printed before the version', async () => {
  expect(await findPython(machine({ python3: 'a warning\n3.11' }))).toBe('python3');
});

test("a version manager's shim for a version that is not selected is skipped", async () => {
  const runner: Runner = async (command) =>
    command === 'python3.13'
      ? { code: 127, output: 'pyenv: 3.13 not found' }
      : machine({ python: '3.10' })(command, []);

  expect(await findPython(runner)).toBe('python');
});

test('a missing or old Python is reported in one line with what was found and what to do instead', async () => {
  const old = findPython(machine({ python3: '3.9', python: '2.7' }));
  const none = findPython(machine({}));

  await expect(old).rejects.toThrow(
    /^The local AWS needs Python 3\.10 or newer, found python3 is 3\.9, python is 2\.7: .*AWS_ENDPOINT_URL.*$/,
  );
  await expect(none).rejects.toThrow(
    /found none of python3\.14.*python: install one, or set AWS_ENDPOINT_URL/,
  );
});

test('a failed installation is reported by its last line, and leaves nothing behind', async () => {
  const directory = join(freshDirectory(), 'venv');
  const runner: Runner = async (command, args) =>
    args.includes('pip')
      ? { code: 1, output: 'Collecting…\nERROR: no network' }
      : machine({ python3: '3.12' })(command, args);
  const venvWorks: Runner = (command, args) =>
    args[1] === 'venv' ? Promise.resolve({ code: 0, output: '' }) : runner(command, args);

  await expect(ensureVenv(directory, silently, venvWorks)).rejects.toThrow(
    /could not be installed .*: ERROR: no network$/,
  );
});
