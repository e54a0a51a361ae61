import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import type { SourceMutant } from './source-mutant.ts';

const root = resolve(import.meta.dirname, '../..');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
/** A mutant may make a test run for ever. */
const timeoutMs = 240_000;

/** What a run of test files came to: `not loaded` when a file has no test that ran, `hung` when it did not end. */
export type Run = 'passed' | 'failed' | 'not loaded' | 'hung';
export interface Played {
  readonly run: Run;
  /** The test that failed first, or why a file did not load. */
  readonly detail: string;
  readonly seconds: number;
}

/** The part of Vitest's JSON report that is read. */
const Report = v.object({
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      message: v.optional(v.string(), ''),
      assertionResults: v.array(v.object({ status: v.string(), fullName: v.string() })),
    }),
  ),
});

/** Runs a mutant's test with it, until the first test fails. */
export const play = ({ name, caughtBy }: SourceMutant): Promise<Played> => runTests([caughtBy], name);

/** Runs test files. @param mutant undefined: as the code is */
export async function runTests(files: readonly string[], mutant?: string): Promise<Played> {
  const directory = await mkdtemp(join(tmpdir(), 'mutant-'));
  const report = join(directory, 'report.json');
  const startedAt = performance.now();
  try {
    const args = [
      'run',
      '--project',
      'rules',
      '--bail=1',
      '--reporter=json',
      `--outputFile=${report}`,
      ...files,
    ];
    const ended = await endOf(args, { MUTANT: mutant ?? '' });
    return { ...resultOf(ended, report), seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** @returns what the process wrote, or undefined when it did not end in time */
function endOf(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string | undefined> {
  // A process group of its own, because a worker in an endless loop does not notice that its parent ends.
  const child = spawn(process.execPath, [vitest, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  return new Promise((done, fail) => {
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      done(undefined);
    }, timeoutMs);
    child.on('error', fail);
    child.on('close', () => {
      clearTimeout(timer);
      done(text);
    });
  });
}

function resultOf(text: string | undefined, report: string): Omit<Played, 'seconds'> {
  if (text === undefined) return { run: 'hung', detail: `did not end within ${timeoutMs / 1000} s` };
  const results = resultsIn(report);
  if (results === undefined) return { run: 'not loaded', detail: text.trim().slice(-300) };
  const tests = results.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.find(({ status }) => status === 'failed');
  if (failed !== undefined) return { run: 'failed', detail: failed.fullName };
  const broken = results.find(({ status }) => status === 'failed');
  if (broken !== undefined) return { run: 'not loaded', detail: broken.message.slice(0, 300) };
  const hasRun = tests.some(({ status }) => status === 'passed');
  return hasRun ? { run: 'passed', detail: '' } : { run: 'not loaded', detail: 'no test ran' };
}

function resultsIn(report: string) {
  try {
    return v.parse(Report, JSON.parse(readFileSync(report, 'utf8'))).testResults;
  } catch {
    return undefined;
  }
}
