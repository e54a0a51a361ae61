import { type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';

/** A clock that stands still until it is moved. */
export interface TestClock {
  now(): UnixMillis;
  /** Moves it on; never back. */
  moveTo(at: number): void;
}

export function testClock(start: number): TestClock {
  let now = unixMillis(start);
  return {
    now: () => now,
    moveTo: (at) => {
      now = unixMillis(Math.max(now, at));
    },
  };
}
