import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isAlive } from '../../local/processes.ts';
import { hasPython } from '../support/local-python.ts';
import { freshDirectory } from './support/fresh-directory.ts';
import { descendants } from './support/processes.ts';

const isPossible = await hasPython();
if (!isPossible) console.warn('No Python 3.10 or newer here: the start of the local AWS is not tested.');

const minute = 60_000;

/** `npm start` on free ports in a new directory. */
function start(stateDir: string, ...more: readonly string[]) {
  const args = ['local/start.ts', '--state-dir', stateDir, '--port', '0', '--metrics-port', '0', ...more];
  const { AWS_ENDPOINT_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = Promise.all([text(child.stdout), text(child.stderr)]).then((parts) => parts.join('\n'));
  return {
    child,
    pid: child.pid ?? 0,
    said,
    exit: once(child, 'exit').then(([code]) => code as number | null),
  };
}

const ready = (stateDir: string) =>
  vi.waitFor(() => expect(existsSync(join(stateDir, 'outputs.json'))).toBe(true), {
    timeout: minute,
    interval: 100,
  });

describe.runIf(isPossible)('npm start', () => {
  test('npm start is ready, runs once per directory, and leaves no process when it is stopped', {
    timeout: 3 * minute,
  }, async () => {
    const stateDir = freshDirectory();
    const first = start(stateDir);
    await ready(stateDir);
    const running = descendants(first.pid);

    const second = start(stateDir);
    const refusal = await second.said;
    first.child.kill('SIGINT');

    expect(running.length).toBeGreaterThan(0);
    expect(await second.exit).toBe(1);
    expect(refusal).toMatch(
      new RegExp(`^\\s*✘ A local AWS runs already, as process ${first.pid}: [^\\n]*\\n$`),
    );
    expect(await first.exit).toBe(0);
    expect(await first.said).toMatch(/Stopped\.\n/);
    expect(running.filter(isAlive)).toEqual([]);
    expect(existsSync(join(stateDir, 'outputs.json'))).toBe(false);
  });

  test('npm start that is killed takes the emulator with it', { timeout: 2 * minute }, async () => {
    const stateDir = freshDirectory();
    const killed = start(stateDir);
    await ready(stateDir);
    const running = descendants(killed.pid);

    killed.child.kill('SIGKILL');

    expect(running.length).toBeGreaterThan(0);
    await vi.waitFor(() => expect(running.filter(isAlive)).toEqual([]), { timeout: 5000, interval: 100 });
  });

  test('npm start ends when the emulator does, and says where its log is', {
    timeout: 2 * minute,
  }, async () => {
    const stateDir = freshDirectory();
    const left = start(stateDir, '--watch');
    await ready(stateDir);
    const running = descendants(left.pid);

    for (const pid of running) process.kill(pid, 'SIGKILL');

    expect(await left.exit).toBe(1);
    expect(await left.said).toMatch(/\n✘ The emulator ended by itself; its log is [^\n]*ministack\.log\.\n$/);
  });

  test('npm start stops at what the emulator refuses, with its message, and leaves nothing running', {
    timeout: 2 * minute,
  }, async () => {
    const refused = start(freshDirectory(), '--app', 'test/apps/refused.ts');

    expect(await refused.exit).toBe(1);
    expect(await refused.said).toMatch(/\n✘ The deploy was refused: .*AWS::IVS::Channel[^\n]*\n$/);
  });

  test('npm start stops at an app that does not synthesise', { timeout: 2 * minute }, async () => {
    const broken = start(freshDirectory(), '--app', 'test/apps/broken.ts');

    expect(await broken.exit).toBe(1);
    expect(await broken.said).toMatch(
      /\n✘ test\/apps\/broken\.ts does not synthesise: .*has no provider[^\n]*\n$/,
    );
  });
});
