import { type crashScript, withEveryCall } from '../crash-script.ts';
import { callWithFaults, type Fault, outages } from './faults.ts';
import { waitingRoom } from './virtual-time.ts';
import type { Ports, SimulatedWorld } from './world.ts';

type Kind = keyof Ports;

interface Process {
  readonly kind: Kind;
  isStalled: boolean;
  exit(): Promise<never>;
}

/** The worker processes of a run. Each of their port calls is watched, and gets the faults planned for it. */
export function processes(
  world: SimulatedWorld,
  script: ReturnType<typeof crashScript>,
  faults: readonly Fault[],
  seed: number | undefined,
) {
  const running = new Set<Process>();
  const room = waitingRoom(seed ?? 0);
  const { meets } = outages(faults, world.time.now);
  const turn = async () => {
    if (seed !== undefined) await room.turn();
  };

  const callOf = (process: Process) => async (name: string, effect: () => Promise<unknown>) => {
    const call = script.calls.length - 1;
    const stall = async (ms: number) => {
      process.isStalled = true;
      await world.time.sleep(ms);
      process.isStalled = false;
    };
    await turn();
    if (meets(call, name)) throw new Error(`${name} does not answer`);
    const here = faults.filter((fault) => fault.call === call);
    const watched = () => world.watch.effect(name, effect);
    const value = await callWithFaults(watched, here, { stall, ...world.queueFaults });
    await turn();
    return value;
  };

  return {
    /** @param work ends with the effect of its result */
    start<K extends Kind>(kind: K, work: (ports: Ports[K]) => Promise<() => Promise<void>>): void {
      const process: Process = { kind, isStalled: false, exit: () => Promise.reject(new Error('not begun')) };
      const ports = world.portsOf(() => process.exit())[kind]();
      running.add(process);
      script
        .run(withEveryCall(ports, callOf(process)), (watched, exit) => {
          process.exit = exit;
          return work(watched);
        })
        .then((end) => (end.kind === 'ended' ? end.value() : undefined))
        // The caller of a replay gets the error, and may do it again.
        .catch((error: unknown) => world.watch.check(kind === 'replaying', `${kind} threw ${String(error)}`))
        .finally(() => running.delete(process));
    },

    /** The running processes, without stalled ones. */
    active: (kind?: Kind): number =>
      [...running].filter((process) => !process.isStalled && (kind === undefined || process.kind === kind))
        .length,
    all: (): number => running.size,
    /** Lets one of the waiting port calls on. @returns whether one was waiting */
    letOneOn: room.letOneOn,
  };
}

export type Processes = ReturnType<typeof processes>;
