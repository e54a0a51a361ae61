import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalAwsError } from './failure.ts';
import type { Finished } from './processes.ts';
import type { ShowProgress } from './progress.ts';

/** The oldest minor version of Python 3 on which the emulator runs. */
const oldestMinor = 10;
const candidates = [
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
  'python3',
  'python',
];
const requirements = join(import.meta.dirname, 'requirements.txt');

/** Runs a command with arguments and returns how it ended. */
export type Runner = (command: string, args: readonly string[]) => Promise<Finished>;

/**
 * Finds a Python that is new enough.
 *
 * @throws LocalAwsError with what was found instead and what to do
 */
export async function findPython(runner: Runner): Promise<string> {
  const tooOld: string[] = [];
  for (const command of candidates) {
    // Runs each candidate, because a version manager's shim may exist for a version that is not selected.
    const { code, output } = await runner(command, [
      '-c',
      'import sys; print("%d.%d" % sys.version_info[:2])',
    ]);
    const version = /^(\d+)\.(\d+)$/m.exec(output);
    if (code !== 0 || version === null) continue;
    if (Number(version[1]) === 3 && Number(version[2]) >= oldestMinor) return command;
    tooOld.push(`${command} is ${version[0]}`);
  }
  const found = tooOld.length > 0 ? tooOld.join(', ') : `none of ${candidates.join(', ')}`;
  throw new LocalAwsError(
    `The local AWS needs Python 3.${oldestMinor} or newer, found ${found}: install one, or set AWS_ENDPOINT_URL to an AWS endpoint that already runs.`,
  );
}

/** Whether `ensureVenv` has nothing to do. */
const venvIsReady = (directory: string): boolean =>
  existsSync(join(directory, 'bin', 'python')) &&
  existsSync(stampFile(directory)) &&
  readFileSync(stampFile(directory), 'utf8') === requirementsStamp();

/**
 * Makes the emulator's Python environment once, and again when the requirements change.
 *
 * Builds it elsewhere and moves it into place, so that two starts at once never see a half-made one.
 *
 * @returns the environment's `python`
 * @throws LocalAwsError with the last line of the command that failed
 */
export async function ensureVenv(directory: string, progress: ShowProgress, runner: Runner): Promise<string> {
  if (!venvIsReady(directory)) {
    const base = await findPython(runner);
    await progress('install the emulator (once)', () => makeVenv(directory, base, runner));
  }
  return join(directory, 'bin', 'python');
}

async function makeVenv(directory: string, base: string, runner: Runner): Promise<void> {
  const draft = `${directory}-${process.pid}`;
  try {
    await must(runner, base, ['-m', 'venv', '--clear', draft]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-compile'];
    const pinned = ['--require-hashes', '--no-deps', '-r', requirements];
    await must(runner, join(draft, 'bin', 'python'), ['-m', 'pip', 'install', ...quiet, ...pinned]);
    writeFileSync(stampFile(draft), requirementsStamp());
    if (!venvIsReady(directory)) replace(directory, draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function replace(directory: string, draft: string): void {
  mkdirSync(join(directory, '..'), { recursive: true });
  rmSync(directory, { recursive: true, force: true });
  renameSync(draft, directory);
}

async function must(runner: Runner, command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runner(command, args);
  if (code === 0) return;
  const reason = output.trim().split('\n').at(-1) ?? '';
  throw new LocalAwsError(
    `The emulator could not be installed (${command} ${args.slice(0, 2).join(' ')}): ${reason}`,
  );
}

const stampFile = (directory: string): string => join(directory, 'requirements.sha256');
const requirementsStamp = (): string => createHash('sha256').update(readFileSync(requirements)).digest('hex');
