import { AsyncLocalStorage } from 'node:async_hooks';
import type { ItemWrite } from '../../testing/memory/dynamodb/table.ts';

/** A port call: its name and its arguments, where they are judged. */
interface PortCall {
  readonly name: string;
  readonly args: readonly unknown[];
  /** The process that makes it. */
  readonly by?: object;
}

/** One write of one item, with the port call that made it. */
export interface Step extends Pick<ItemWrite, 'was' | 'is' | 'would'> {
  readonly name: string;
  readonly args: readonly unknown[];
  /** When it was written, in Unix milliseconds. */
  readonly now: number;
}

/** The port call that is being made now. */
export const portOfCall = new AsyncLocalStorage<PortCall>();

export const nameOfCall = (): string => portOfCall.getStore()?.name ?? '';
export const argsOfCall = (): readonly unknown[] => portOfCall.getStore()?.args ?? [];

export const processOfCall = (): object | undefined => portOfCall.getStore()?.by;

/** A store whose writes are judged by the arguments of its calls, too. @param by the process that calls */
export function withArguments<Store extends object>(path: string, store: Store, by?: object): Store {
  const named = Object.entries(store).map(([name, port]) => [
    name,
    (...args: readonly unknown[]) =>
      portOfCall.run({ name: `${path}${name}`, args, by }, async () => port(...args)),
  ]);
  return Object.fromEntries(named);
}
