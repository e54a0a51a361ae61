import { execFileSync } from 'node:child_process';

/**
 * The processes that run a function of the local AWS.
 *
 * @param name part of the function's name, e.g. `Deliver`
 * @param stack the stack's name, so that no other local AWS is meant
 */
export const functionProcesses = (stack: string, name: string): number[] =>
  execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter(
      (line) =>
        line.includes(`ministack-lambda-${stack}-`) && line.includes(name) && line.includes('_worker'),
    )
    .map((line) => Number.parseInt(line, 10));

/**
 * Kills the processes that run a function of the local AWS, as a machine that dies would.
 *
 * @returns how many were killed
 */
export function killFunction(stack: string, name: string): number {
  const workers = functionProcesses(stack, name);
  for (const pid of workers) process.kill(pid, 'SIGKILL');
  return workers.length;
}
