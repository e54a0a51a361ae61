import { execFileSync } from 'node:child_process';

/**
 * Kills the processes that run a function of the local AWS, as a machine that dies would.
 *
 * @param name part of the function's name, e.g. `Deliver`
 * @param stack the stack's name, so that no other local AWS is hit
 * @returns how many were killed
 */
export function killFunction(stack: string, name: string): number {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const workers = lines.filter(
    (line) => line.includes(`ministack-lambda-${stack}-`) && line.includes(name) && line.includes('_worker'),
  );
  for (const line of workers) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  return workers.length;
}
