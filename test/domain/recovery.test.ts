import { expect, it } from 'vitest';
import { boundsOf, recoverableStatuses } from '../../lambdas/domain/recovery.ts';
import { later, seconds, unixMillis } from '../../lambdas/domain/time.ts';

const since = unixMillis(Date.UTC(2026, 10, 25, 23));

it('a recovery goes through what was created within its span, both ends included, the oldest first', () => {
  const span = { since, until: later(since, seconds(60)) };
  const at = (millis: number, id: string) => `${String(millis).padStart(15, '0')}#${id}`;
  const { above, below, order } = boundsOf(span);

  expect(order).toBe('oldest first');
  expect(above < at(since, 'a') && at(span.until, 'z7') < below).toBe(true);
  expect(at(since - 1, 'z7') < above && below < at(span.until + 1, 'a')).toBe(true);
  expect(boundsOf({ ...span, passed: at(since, 'k') })).toEqual({ above: at(since, 'k'), below, order });
});

it('a recovery looks at failed deliveries, and only for another endpoint at discarded ones', () => {
  expect(recoverableStatuses()).toEqual(['failed']);
  expect(recoverableStatuses(true)).toEqual(['failed', 'discarded']);
});
