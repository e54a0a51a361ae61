import { vi } from 'vitest';
import { runHookline } from '../../../cli/program.ts';

/** The result of a command. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line tool in this process, and keeps what it prints. */
export async function runCli(...args: readonly string[]): Promise<Ran> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const into = (lines: string[]) => (text: unknown) => void lines.push(`${text}\n`);
  const writing = (lines: string[]) => (text: string | Uint8Array) => lines.push(String(text)) > 0;
  vi.spyOn(console, 'log').mockImplementation(into(stdout));
  vi.spyOn(console, 'error').mockImplementation(into(stderr));
  vi.spyOn(process.stdout, 'write').mockImplementation(writing(stdout));
  vi.spyOn(process.stderr, 'write').mockImplementation(writing(stderr));
  const { env } = process;
  try {
    const code = await runHookline(args);
    return { code, stdout: stdout.join(''), stderr: stderr.join('') };
  } finally {
    process.env = env;
    vi.restoreAllMocks();
  }
}
