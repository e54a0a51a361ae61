import { setImmediate as everythingSettled } from 'node:timers/promises';
import { type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';

/** Chooses one of so many calls. */
export type Order = (waiting: number) => number;

/** A run that is longer than this is an endless loop, which breaks a promise, too. */
const maxSteps = 20_000;

/**
 * A clock that jumps to the next event, and an order in which waiting calls continue.
 *
 * Nothing here takes real time: everything that is simulated runs in microtasks.
 *
 * @param order decides the order of calls that wait for their turn, from a seed or by itself; without it they do not wait
 */
export function simulatedTime(order?: number | Order, start = unixMillis(1_795_000_000_000)) {
  const random = typeof order === 'number' ? randomFrom(order) : order;
  const clock = { now: start };
  const timers = new Map<() => void, UnixMillis>();
  const waiting: (() => void)[] = [];

  /** @returns a function that cancels it */
  function at(when: UnixMillis, action: () => void): () => void {
    const timer = () => action();
    timers.set(timer, when);
    return () => void timers.delete(timer);
  }

  function elapse(to: UnixMillis): void {
    clock.now = unixMillis(Math.max(clock.now, to));
    for (const [timer, when] of timers) {
      if (when > clock.now) continue;
      timers.delete(timer);
      timer();
    }
  }

  /**
   * Runs one thing after the other until nothing is left to do.
   *
   * @param poll starts what can start now
   * @param nextPoll when something may start next; undefined if never
   */
  async function untilQuiet(poll: () => void, nextPoll: () => UnixMillis | undefined): Promise<void> {
    for (let step = 0; step < maxSteps; step++) {
      poll();
      await everythingSettled();
      if (waiting.length > 0) {
        waiting.splice(random?.(waiting.length) ?? 0, 1)[0]?.();
        continue;
      }
      const next = Math.min(nextPoll() ?? Number.POSITIVE_INFINITY, ...timers.values());
      if (next === Number.POSITIVE_INFINITY) return;
      elapse(unixMillis(next));
    }
    throw new Error('the simulation finds no end');
  }

  return {
    now: () => clock.now,
    at,
    elapse,
    untilQuiet,
    sleep: (millis: number) => new Promise<void>((resolve) => at(unixMillis(clock.now + millis), resolve)),
    /** Waits until the order lets this call continue. */
    turn: (): Promise<void> => (random ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
  };
}
export type SimulatedTime = ReturnType<typeof simulatedTime>;

/** Whole numbers below a limit that follow from a seed. */
function randomFrom(seed: number): Order {
  let state = Math.imul(seed + 1, 2_654_435_761) | 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * limit);
  };
}
