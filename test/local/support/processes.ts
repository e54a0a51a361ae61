import { execFileSync } from 'node:child_process';

/** Ids of every process that `pid` started, directly or not, and that runs now. */
export function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.flatMap(([child, owner]) =>
      owner === parent && child !== undefined ? [child, ...below(child)] : [],
    );
  return below(pid);
}
