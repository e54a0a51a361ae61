import { expect, it } from 'vitest';
import { hasFailedTooLong } from '../../lambdas/domain/limiter.ts';
import { days, later, seconds, unixMillis } from '../../lambdas/domain/time.ts';

const failingSince = unixMillis(Date.UTC(2026, 10, 25, 12));
const limits = { concurrent: 10, breakAfter: 5, disableAfter: days(5) };
const failedAfter = (span: number) => ({
  slots: {},
  failures: 9,
  probes: 0,
  failingSince,
  failedAt: later(failingSince, seconds(span)),
});

it('an endpoint has failed for too long when its last failure is five days after its first', () => {
  expect(hasFailedTooLong(failedAfter(5 * 86_400 - 1), limits)).toBe(false);
  expect(hasFailedTooLong(failedAfter(5 * 86_400), limits)).toBe(true);
  expect(hasFailedTooLong({ slots: {}, failures: 0, probes: 0 }, limits)).toBe(false);
});
