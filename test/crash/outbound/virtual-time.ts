import { seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';

interface Sleeper {
  readonly until: UnixMillis;
  wake(): void;
}

/** A clock that only the simulation moves, with the calls that wait for it. */
export function virtualTime(now: () => UnixMillis, advance: (span: ReturnType<typeof seconds>) => void) {
  let sleepers: Sleeper[] = [];

  return {
    now,

    /** A time that is over already takes no time, as with a real timer. */
    sleep: (ms: number): Promise<void> =>
      ms <= 0
        ? Promise.resolve()
        : new Promise((wake) => sleepers.push({ until: unixMillis(now() + ms), wake })),

    nextWake: () => Math.min(...sleepers.map(({ until }) => until)),

    /** Moves the clock forward to `at` and wakes the calls that slept until then. @returns false when that is after `end` */
    moveTo(at: number, end: number): boolean {
      if (at > end) return false;
      if (at > now()) advance(seconds((at - now()) / 1000));
      const woken = sleepers.filter(({ until }) => until <= now());
      sleepers = sleepers.filter((sleeper) => !woken.includes(sleeper));
      for (const { wake } of woken) wake();
      return true;
    },
  };
}

/** Runs everything that can run now. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A gate for port calls, which it releases one by one, in an order that a seed decides. */
export function waitingRoom(seed: number) {
  const waiting: (() => void)[] = [];
  let state = seed | 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };

  return {
    turn: () => new Promise<void>((resolve) => waiting.push(resolve)),
    letOneOn(): boolean {
      const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
      next?.();
      return next !== undefined;
    },
  };
}
