import type { Process } from './calls.ts';
import type { Ports, SimulatedOutbound } from './world.ts';

export type Kind = keyof Ports;

// A new one each time: a shared one would keep all that wait for it.
const never = (): Promise<never> => new Promise(() => undefined);

/** The processes of a run. */
export function processes(
  world: Pick<SimulatedOutbound, 'portsFor' | 'watch' | 'trace' | 'services' | 'now'>,
) {
  const running = new Map<Process, Kind>();
  const begun = { count: 0 };
  const idle = { since: world.now() };

  const isActive = (process: Process, kind?: Kind): boolean =>
    !process.isStalled && (kind === undefined || running.get(process) === kind);
  const active = (kind?: Kind): number =>
    [...running.keys()].filter((process) => isActive(process, kind)).length;

  function ended(process: Process): void {
    running.delete(process);
    if (active('delivering') === 0) idle.since = world.now();
  }

  return {
    /** @param work ends with the effect of its result, such as the deletion of its messages */
    start<K extends Kind>(
      kind: K,
      work: (ports: Ports[K], process: Process) => Promise<(() => Promise<void>) | undefined>,
    ): void {
      const death = Promise.withResolvers<void>();
      const process: Process = {
        name: `${kind} ${++begun.count}`,
        isAlive: true,
        isStalled: false,
        isFaulty: false,
        hasFailed: false,
        exit() {
          process.isAlive = false;
          death.resolve();
          return never();
        },
      };
      running.set(process, kind);
      const { acknowledge } = world.services(process);
      const whole = async (): Promise<void> => {
        const answer = await work(world.portsFor[kind](process), process);
        if (answer !== undefined) await acknowledge(answer);
      };
      Promise.race([whole(), death.promise])
        // Lambda makes the messages of a failed invocation come back.
        .catch((error: unknown) => world.watch.check(process.isFaulty, `${kind} threw ${String(error)}`))
        .finally(() => ended(process));
    },

    /** The running processes, without stalled ones. */
    active,
    all: () => running.size,
    /** Since when no worker makes deliveries; now, if one does. */
    idleSince: (): number => (active('delivering') > 0 ? world.now() : idle.since),
  };
}
export type Processes = ReturnType<typeof processes>;
