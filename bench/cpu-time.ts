/** CPU time of this process so far, in microseconds: other processes delay it, but do not add to it. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Measures the CPU time of one call of each case, in microseconds: the median of all rounds.
 *
 * The cases take turns, so that a change of the machine's speed meets all of them.
 */
export async function cpuOfEach(
  cases: ReadonlyMap<string, () => unknown>,
  { rounds, calls }: { readonly rounds: number; readonly calls: number },
): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>([...cases.keys()].map((name) => [name, []]));
  // The first rounds let the engine optimise.
  for (let round = -3; round < rounds; round++)
    for (const [name, run] of cases) {
      const begun = cpuMicros();
      for (let call = 0; call < calls; call++) await run();
      if (round >= 0) times.get(name)?.push((cpuMicros() - begun) / calls);
    }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}

/** Returns the median; of an even number of values, the upper one in the middle. */
export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
