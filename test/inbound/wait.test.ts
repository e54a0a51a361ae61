import { describe, expect, it } from 'vitest';
import { days, later, seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { isEarly, mustLeave, returnFor } from '../../lambdas/inbound/wait.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const waitUntil = (notBefore: number) => ({ after: 'i-1/m-1', notBefore, origin: 'm-1' });

describe('a message that was sent back', () => {
  it('a message that was sent back is early until its time, to the millisecond', () => {
    expect(isEarly(waitUntil(now + 1), now)).toBe(true);
    expect(isEarly(waitUntil(now), now)).toBe(false);
    expect(isEarly(undefined, now)).toBe(false);
  });

  it('a message that was sent back is not early when its wait is longer than any schedule', () => {
    expect(isEarly(waitUntil(later(now, days(5))), now)).toBe(true);
    expect(isEarly(waitUntil(later(now, days(5)) + 1), now)).toBe(false);
  });
});

describe('a wait', () => {
  it('a wait of a minute is spent in flight, a longer one is not', () => {
    expect([seconds(60), seconds(61)].map(mustLeave)).toEqual([false, true]);
  });

  it('a wait that could not be sent back is tried again after five minutes at most', () => {
    expect(returnFor(seconds(60))).toEqual({ kind: 'fail', after: 60 });
    expect(returnFor(seconds(61))).toEqual({ kind: 'fail', after: 61 });
    expect(returnFor(seconds(301))).toEqual({ kind: 'fail', after: 300 });
  });
});
