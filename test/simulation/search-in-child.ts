import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Arguments } from './arguments.ts';
import { crashMutants } from './crash-mutants.ts';

const FoundInChild = v.object({ runs: v.number(), violation: v.optional(v.string()) });
/** How many runs it took, and the promise that was broken first. */
export type FoundInChild = v.InferOutput<typeof FoundInChild>;

const preload = join(import.meta.dirname, '../mutants/preload.ts');
const child = join(import.meta.dirname, 'search-process.ts');
/** Most of a short search would be spent on loading the code. */
const compileCache = join(tmpdir(), 'hookline-simulation');
/** A mutant may make a run endless. */
const timeoutMs = 300_000;

/** Searches in a process that loads the code with a mutant, or changes its ports. */
export async function searchInChild(
  mutant: string,
  { runs, seed, flow }: Pick<Arguments, 'runs' | 'seed' | 'flow'>,
): Promise<FoundInChild> {
  const args = [
    '--runs',
    String(runs),
    '--seed',
    String(seed),
    ...(flow === undefined ? [] : ['--flow', flow]),
  ];
  const preloads = crashMutants.has(mutant) ? [] : ['--import', preload];
  const running = spawn(process.execPath, [...preloads, child, ...args], {
    env: { ...process.env, MUTANT: mutant, NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const texts = { stdout: '', stderr: '' };
  running.stdout.on('data', (chunk) => (texts.stdout += chunk));
  running.stderr.on('data', (chunk) => (texts.stderr += chunk));
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    running.on('error', reject);
    running.on('close', (_code, ending) => resolve(ending));
  });
  if (signal === 'SIGKILL') return { runs: 0, violation: `a run does not end within ${timeoutMs / 1000} s` };
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), FoundInChild), texts.stdout);
  if (parsed.success) return parsed.output;
  throw new Error(`the simulation of the mutant '${mutant}' failed: ${texts.stderr.trim().slice(-2_000)}`);
}
