import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Counts, countsIn, isFailedLine, summaryLine, sumOf } from './test-counts.ts';

// `npm test`: the flows mostly wait for their stack, so all other tests run beside them, where these leave the processor free.
// With arguments it is one run of Vitest: `npm test -- test/domain`.

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

interface Ended {
  readonly code: number;
  readonly counts: Counts;
  /** A line for each test or file that failed. */
  readonly failures: readonly string[];
}

/** @param priority of the operating system: the flows' workers and their stack go first */
function run(args: readonly string[], priority: number): Promise<Ended> {
  const child = spawn(process.execPath, [vitest, 'run', ...args], {
    stdio: ['inherit', 'pipe', 'inherit'],
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
  });
  // What the child starts inherits it.
  if (child.pid !== undefined) setPriority(child.pid, priority);
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const found = countsIn(line);
    if (found !== undefined) counts = sumOf([counts, found]);
    else if (isFailedLine(line)) failures.push(line);
    else console.log(line);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, counts, failures }));
  });
}

const { PRIORITY_NORMAL, PRIORITY_BELOW_NORMAL } = constants.priority;
// The audit looks at the stack that the flows leave behind.
const flows = ['--project', 'flows', '--project', 'audit'];
const others = ['--project', 'rules', '--project', 'hostile', '--project', 'stacks'];
const args = process.argv.slice(2);
const runs =
  args.length > 0
    ? [run(args, PRIORITY_NORMAL)]
    : [run(flows, PRIORITY_NORMAL), run(others, PRIORITY_BELOW_NORMAL)];
const ended = await Promise.all(runs);
// Last, where a log that was cut short still has them.
for (const line of ended.flatMap(({ failures }) => failures)) console.log(line);
console.log(summaryLine(sumOf(ended.map(({ counts }) => counts))));
process.exitCode = Math.max(...ended.map(({ code }) => code));
