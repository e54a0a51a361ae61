import type { DynamodbClient } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { clientBy } from '../../../testing/memory/command-client.ts';
import type { ClientHooks, MemoryDynamodb } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { portOfCall } from '../../crash/port-call.ts';
import type { Trace } from '../trace.ts';
import { type Away, describeFault, type Fault, isAway, type Places, type When } from './faults.ts';

/** What the world does for its processes. */
export interface CallPorts {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Resolves when it is this call's turn. */
  readonly turn: () => Promise<void>;
  readonly places: Places;
  readonly trace: Trace;
  readonly queues: { purge(): void; halve(): void };
}

/** A process of a function, or a request of a person. */
export interface Process {
  readonly name: string;
  isAlive: boolean;
  isStalled: boolean;
  /** Something has gone wrong in it, so it may have left something half done. */
  isFaulty: boolean;
  /** More than a lost answer has gone wrong in it: something that it asked for was not done. */
  hasFailed: boolean;
  /** Ends the process at once. */
  exit(): Promise<never>;
}

const isOf =
  (kind: string) =>
  (process: object | undefined): boolean =>
    process !== undefined && String(Reflect.get(process, 'name')).startsWith(kind);
export const isPublisher = isOf('publishing');
export const isWorker = isOf('delivering');
export const isSweep = isOf('sweeping');
export const isDisturbed = (process: object): boolean => Reflect.get(process, 'isFaulty') === true;

// A new one each time: a shared one would keep all that wait for it.
const never = (): Promise<never> => new Promise(() => undefined);

/** A fault that has happened at a call; `kills`: an endpoint's answer killed the process. */
export interface Happened {
  readonly kind: Fault['kind'] | 'kills';
  readonly name: string;
  /** What an outage takes away. */
  readonly of?: Away;
}

/** Reads with which a sweep looks for work. They take no turn: each item is read once more before anything is done. */
const looks = new Set([
  'deliveries.due',
  'manifests.page',
  'tallies.due',
  'recoveries.running',
  'endpoints.toReconcile',
]);

/**
 * Makes each call of each process wait for its turn, and go wrong where that is planned.
 *
 * A dead process is silent: its calls never settle, and none of its later calls has an effect.
 */
export function faultyCalls({ now, sleep, turn, places, trace, queues }: CallPorts) {
  const outages: { readonly of: Away; readonly until: number }[] = [];
  const seen = { faults: 0, calmSince: now(), calls: 0 };
  const happened: Happened[] = [];

  /** Notes a fault. @param until when it is over */
  function disturbed(process: Process, what: Happened, until = now()): void {
    process.isFaulty = true;
    if (what.kind !== 'repeats') process.hasFailed = true;
    seen.faults++;
    happened.push(what);
    seen.calmSince = Math.max(seen.calmSince, until);
  }

  const meetsOutage = (name: string): boolean =>
    outages.some(({ of, until }) => now() < until && isAway(of, name));

  async function happen(fault: Fault, when: When, process: Process, name: string): Promise<void> {
    if ('when' in fault && fault.when !== when) return;
    const what = { kind: fault.kind, name };
    switch (fault.kind) {
      case 'dies':
        disturbed(process, what);
        return process.exit();
      case 'rejects':
        disturbed(process, what);
        throw new Error(`no answer to ${name}`);
      case 'stalls':
        disturbed(process, what, now() + fault.ms);
        process.isStalled = true;
        await sleep(fault.ms);
        process.isStalled = false;
        return process.isAlive ? undefined : never();
    }
  }

  /** The faults that happen to the surroundings, before the call. */
  function begin(fault: Fault, process: Process, name: string): void {
    const what = { kind: fault.kind, name };
    if (fault.kind === 'outage') {
      outages.push({ of: fault.of, until: now() + fault.ms });
      disturbed(process, { ...what, of: fault.of }, now() + fault.ms);
    }
    if (fault.kind === 'purges') {
      queues.purge();
      disturbed(process, what);
    }
    if (fault.kind === 'halves' && name === 'sendTasks') {
      queues.halve();
      disturbed(process, what);
    }
    if (fault.kind === 'repeats') disturbed(process, what);
  }

  /** Never settles in a process that is dead. */
  const whileAlive = <T>(process: Process, value: T): T | Promise<never> =>
    process.isAlive ? value : never();

  /** Lets the faults begin that a call meets. @throws Error during an outage */
  function meet(faults: readonly Fault[], process: Process, name: string): void {
    trace.note(process.name, () => [name, ...faults.map(describeFault)].join(': '));
    for (const fault of faults) begin(fault, process, name);
    if (!meetsOutage(name)) return;
    process.isFaulty = true;
    process.hasFailed = true;
    throw new Error(`${name} does not answer`);
  }

  const happenAll = async (faults: readonly Fault[], when: When, process: Process, name: string) => {
    for (const fault of faults) await happen(fault, when, process, name);
    return whileAlive(process, undefined);
  };

  async function makeCall(process: Process, name: string, effect: () => Promise<unknown>): Promise<unknown> {
    await whileAlive(process, looks.has(name) ? undefined : turn());
    await whileAlive(process, undefined);
    const faults = places.next(name);
    meet(faults, process, name);
    await happenAll(faults, 'before', process, name);
    const isRepeated = name !== 'post' && faults.some(({ kind }) => kind === 'repeats');
    if (isRepeated) await effect();
    const value = await effect();
    await happenAll(faults, 'after', process, name);
    return whileAlive(process, value);
  }

  const callOf = (process: Process) => (name: string, effect: () => Promise<unknown>) =>
    makeCall(process, name, effect);

  return {
    callOf,
    disturbed,
    faults: () => seen.faults,
    /** What has gone wrong, and at which calls. */
    happened: (): readonly Happened[] => happened,
    /** Since when nothing has gone wrong. */
    calmSince: () => seen.calmSince,
  };
}

/** A client whose every request is a call of its own: a process may die between two requests of one port call. */
export function clientOf(
  db: MemoryDynamodb,
  call: (name: string, effect: () => Promise<unknown>) => Promise<unknown>,
  hooks: ClientHooks = {},
): DynamodbClient {
  const plain = db.client(hooks);
  const send = (command: Parameters<typeof plain.send>[0]) => {
    const port = portOfCall.getStore() ?? { name: 'table', args: [] };
    return call(port.name, () => portOfCall.run(port, () => plain.send(command)));
  };
  return clientBy(send);
}
