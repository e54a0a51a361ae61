import { type crashScript, withEveryCall } from '../crash-script.ts';
import { callUnderWay, type RequestAt } from '../requests-of-calls.ts';
import { callWithFaults, type Fault, isDisturbing, lengthOf, outages, stallBefore } from './faults.ts';
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
  /** The process of each call. */
  const owners = new Map<number, Process>();
  const room = waitingRoom(seed ?? 0);
  const { meets } = outages(faults, world.time.now);
  const turn = async () => {
    if (seed !== undefined) await room.turn();
  };

  async function stall(process: Process | undefined, ms: number): Promise<void> {
    if (process !== undefined) process.isStalled = true;
    world.watch.stalled();
    await world.time.sleep(ms);
    if (process !== undefined) process.isStalled = false;
  }

  const callOf = (process: Process) => async (name: string, effect: () => Promise<unknown>) => {
    const call = callUnderWay() ?? script.calls.length - 1;
    owners.set(call, process);
    await turn();
    if (meets(call, name)) throw new Error(`${name} does not answer`);
    const here = faults.filter((fault) => fault.call === call);
    const watched = () => world.watch.effect(name, effect);
    const ports = { stall: (ms: number) => stall(process, ms), ...world.queueFaults };
    const value = await callWithFaults(watched, here, ports);
    if (here.some(isDisturbing)) world.watch.disturbed(world.time.now());
    await turn();
    return value;
  };

  /** In an order that a seed decides, others may come between two requests of a call, and so does a planned stall. */
  function between(at: RequestAt): Promise<void> | undefined {
    const ms = stallBefore(faults, at);
    if (ms !== undefined) return stall(owners.get(at.call), ms);
    return seed === undefined ? undefined : room.turn();
  }

  return {
    between,

    /** Notes for how long the faults of a call last. */
    noteCall(call: number): void {
      for (const fault of faults)
        if (fault.call === call && isDisturbing(fault))
          world.watch.disturbed(world.time.now() + lengthOf(fault));
    },

    /** @param work ends with the effect of its result */
    start<K extends Kind>(kind: K, work: (ports: Ports[K]) => Promise<() => Promise<void>>): void {
      const process: Process = { kind, isStalled: false, exit: () => Promise.reject(new Error('not begun')) };
      const ports = world.portsOf(() => process.exit())[kind]();
      running.add(process);
      script
        .run(withEveryCall(ports, callOf(process)), (watched, exit) => {
          process.exit = exit;
          return work(world.swapped<K>(watched));
        })
        .then((end) => (end.kind === 'ended' ? end.value() : undefined))
        // The caller of a replay or of the management API gets the error, and may do it again.
        .catch((error: unknown) =>
          world.watch.check(kind === 'replaying' || kind === 'managing', `${kind} threw ${String(error)}`),
        )
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
