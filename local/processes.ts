import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Finished {
  readonly code: number | null;
  /** stdout and stderr, in the order of their arrival. */
  readonly output: string;
}

interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Ends the command and every process that it started. */
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/** Runs a command to its end. A command that cannot be started has the code null and the reason in its output. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const { promise, resolve } = Promise.withResolvers<Finished>();
  // Runs in a new process group, so that the command's children end with it.
  const child = spawn(command, args, {
    env: options.env,
    cwd: options.cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    options.onLine?.(line);
  };
  const abort = (): void => killGroup(child.pid);
  options.signal?.addEventListener('abort', abort);
  if (options.signal?.aborted) abort();

  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', keep);
  child.on('error', (error) => {
    keep(error.message);
    resolve({ code: null, output: lines.join('\n') });
  });
  child.on('close', (code) => {
    options.signal?.removeEventListener('abort', abort);
    resolve({ code, output: lines.join('\n') });
  });
  return promise;
}

/** Ends a process and all of its process group. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!isNoSuchProcess(error)) throw error;
  }
}

/** Whether a process with this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isNoSuchProcess(error);
  }
}

const isNoSuchProcess = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ESRCH';
