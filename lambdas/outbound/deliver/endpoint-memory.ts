import type { Endpoint } from '../../domain/endpoint.ts';
import type { LimiterState } from '../../domain/limiter.ts';
import { millis, type UnixMillis, unixMillis } from '../../domain/time.ts';
import type { Askers } from './acquire-slot.ts';

/** What one process remembers of an endpoint, for sending only. */
export interface EndpointMemory {
  /** The last read of the endpoint, and the batch that made it. */
  read?: {
    readonly at: UnixMillis;
    readonly batch: object;
    readonly endpoint: Promise<Endpoint | undefined>;
  };
  /** The limiter, as it was last read or written. */
  known?: { readonly at: UnixMillis; readonly state: LimiterState };
  /** The tasks of a batch that wait for a slot. */
  readonly askers: WeakMap<object, Askers>;
  /** Requests without a slot that are under way. */
  underWay: number;
  /** Wakes the tasks that wait until fewer are under way. */
  waiting: (() => void)[];
  /** When the endpoint last responded quickly. */
  quickAt?: UnixMillis;
  /** Failures in a row that are not noted yet. */
  failures: number;
  /** When this process last noted a failure. */
  notedAt?: UnixMillis;
  isNoting: boolean;
  /** Requests without a slot in the last ten seconds. */
  recent: { readonly since: UnixMillis; readonly sent: number; readonly failed: number };
}

/** How long a process may use what it has read. */
const validFor = 2_000;
/** How long a quick response is taken to say that the next one is quick. */
const quickFor = 60_000;
const recentFor = 10_000;

/**
 * The memory of a process, which lives as long as it does.
 *
 * @param most it forgets the endpoints that it has not met for longest
 */
export function endpointMemories(most = 1_000): (limiterKey: string) => EndpointMemory {
  const memories = new Map<string, EndpointMemory>();
  return (limiterKey) => {
    const memory = memories.get(limiterKey) ?? emptyMemory();
    memories.delete(limiterKey);
    memories.set(limiterKey, memory);
    const [oldest] = memories;
    if (memories.size > most && oldest !== undefined && oldest[1].underWay === 0) memories.delete(oldest[0]);
    return memory;
  };
}

const emptyMemory = (): EndpointMemory => ({
  askers: new WeakMap(),
  underWay: 0,
  waiting: [],
  failures: 0,
  isNoting: false,
  recent: { since: unixMillis(0), sent: 0, failed: 0 },
});

/** Whether something read at a time may still be used. */
export const isValid = (read: { readonly at: UnixMillis }, now: UnixMillis): boolean =>
  now - read.at < validFor;

/** The longest time after a failure in which a request may go to the endpoint that does not know of the failure. */
export const unseenFor = millis(validFor);

/** Keeps the newest state of a limiter. @param at when it was asked for */
export function learn(memory: EndpointMemory, state: LimiterState, at: UnixMillis): void {
  if (memory.known === undefined || memory.known.at <= at) memory.known = { at, state };
}

/** Whether the endpoint responded quickly not long ago. */
export const isQuick = ({ quickAt }: EndpointMemory, now: UnixMillis): boolean =>
  quickAt !== undefined && now - quickAt < quickFor;

/** Counts one request among the recent ones. */
export function countRecent(memory: EndpointMemory, hasFailed: boolean, now: UnixMillis): void {
  const isOver = now - memory.recent.since >= recentFor;
  const { since, sent, failed } = isOver ? { since: now, sent: 0, failed: 0 } : memory.recent;
  memory.recent = { since, sent: sent + 1, failed: failed + (hasFailed ? 1 : 0) };
}

/** Whether at least half of the recent requests failed. */
export const mostlyFails = ({ recent: { sent, failed } }: EndpointMemory): boolean => failed * 2 >= sent;

/** Ends one request without a slot, and wakes those that wait for it. */
export function endRequest(memory: EndpointMemory): void {
  memory.underWay--;
  const { waiting } = memory;
  memory.waiting = [];
  for (const wake of waiting) wake();
}
