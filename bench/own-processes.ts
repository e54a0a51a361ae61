import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface OwnProcess {
  readonly pid: number;
  readonly kilobytes: number;
  readonly command: string;
}

/** The children of a process and theirs. @default this process's: the emulator and the functions' processes */
export function ownProcesses(root = process.pid): readonly OwnProcess[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,rss=,args='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => {
      const [, pid = '', parent = '', rss = '', command = ''] = row.exec(line) ?? [];
      return { pid: Number(pid), parent: Number(parent), kilobytes: Number(rss), command };
    });
  const family = new Set([root]);
  const found: OwnProcess[] = [];
  // A child's id may be lower than its parent's, so repeat until no process is added.
  for (let grown = true; grown; ) {
    const joining = rows.filter(({ pid, parent }) => family.has(parent) && !family.has(pid));
    for (const { pid, kilobytes, command } of joining) {
      family.add(pid);
      found.push({ pid, kilobytes, command });
    }
    grown = joining.length > 0;
  }
  return found;
}

const row = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/;

/** The emulator runs each instance of a function as a process of its own, in a folder with the function's name. */
const functionOf = /-lambda-\S*?(Receive|Consume|Publish|Deliver|Sweep)[0-9A-F]{8}/;
/** Linux counts in hundredths of a second. */
const tickMs = 10;

/** CPU time of each function's process so far, in milliseconds. Empty where there is no `/proc`. */
export function functionTimes(): ReadonlyMap<number, { readonly name: string; readonly cpuMs: number }> {
  const times = ownProcesses().flatMap(({ pid, command }) => {
    const name = functionOf.exec(command)?.[1]?.toLowerCase();
    const cpuMs = name === undefined ? undefined : cpuOf(pid);
    return name === undefined || cpuMs === undefined ? [] : [[pid, { name, cpuMs }] as const];
  });
  return new Map(times);
}

/**
 * CPU time of a process so far, in milliseconds; undefined where there is no `/proc`, or no such process.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html utime and stime, the fields 14 and 15
 */
export function cpuOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [utime = 0, stime = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
    return (utime + stime) * tickMs;
  } catch {
    return undefined;
  }
}

/** Resident memory of a process; undefined as above. */
export function megabytesOf(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

type Times = ReturnType<typeof functionTimes>;

/** The CPU time between two readings by function, in milliseconds. A process that ended between them is not counted. */
export function cpuBetween(before: Times, after: Times): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [pid, { name, cpuMs }] of after) {
    const spent = cpuMs - (before.get(pid)?.cpuMs ?? 0);
    sums.set(name, (sums.get(name) ?? 0) + spent);
  }
  return sums;
}
