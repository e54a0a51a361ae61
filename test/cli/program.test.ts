import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hooklineProgram } from '../../cli/program.ts';
import { runCli } from '../support/cli/run-cli.ts';

const emptyDir = mkdtempSync(join(tmpdir(), 'hookline-'));
afterAll(() => rmSync(emptyDir, { recursive: true }));

async function run(...args: string[]) {
  const { code, stdout, stderr } = await runCli('--state-dir', emptyDir, ...args);
  return { code, said: (stdout + stderr).trimEnd() };
}

test('--help lists every command, and is not a failure', async () => {
  const { code, said } = await run('--help');

  expect(code).toBe(0);
  for (const name of ['env', 'secrets', 'dlq', 'events', 'deliveries']) expect(said).toContain(`\n  ${name}`);
});

test('every command and argument has a description', async () => {
  const all = (await hooklineProgram()).commands.flatMap((command) => [command, ...command.commands]);

  expect(all.filter((command) => command.description() === '').map((command) => command.name())).toEqual([]);
});

test.each([
  [[]],
  [['secrets']],
  [['secrets', 'set']],
  [['secrets', 'set', 'stripe', 'whsec_on_the_command_line']],
  [['dlq', 'lsit']],
  [['dlq', 'list', '--limit', '0']],
  [['events', 'list', 'stripe', '--day', '2026-02-30']],
  [['events', 'replay', 'stripe']],
  [['events', 'replay', 'stripe', 'evt_1', '--all-failed']],
  [['deliveries', 'list', '--status', 'broken']],
  [['start', '--json']],
  [['start', '--app', 'no/such.ts']],
])('a wrong command line has exit code 2: %j', async (args) => {
  expect((await run(...args)).code).toBe(2);
});

test.each([[['env']], [['dlq', 'list', '--local']], [['secrets', 'set', 'stripe', '--local']]])(
  'a command that cannot be done has exit code 1, and one line that says what to do: %j',
  async (args) => {
    const { code, said } = await run(...args);

    expect(code).toBe(1);
    expect(said).toMatch(/^The local AWS is not running: start it with npx hookline start.*$/);
  },
);
