/** The CPU time that a piece of work takes, in milliseconds: of this process, garbage collection included. */
export async function cpuMillis(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The least of some tries, up to the first that is within the budget: other work of the process is not its own. */
export async function leastCpuMillis(budget: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least > budget; tries++) least = Math.min(least, await cpuMillis(work));
  return least;
}
