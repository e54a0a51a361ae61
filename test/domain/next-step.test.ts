import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../lambdas/domain/attempt-outcome.ts';
import { outcomeOfResponse } from '../../lambdas/domain/attempt-outcome.ts';
import { nextStep } from '../../lambdas/domain/delivery.ts';
import { seconds } from '../../lambdas/domain/time.ts';

const policy = { retryDelays: [seconds(10), seconds(60)], retryOtherStatuses: false };
const step = (outcome: AttemptOutcome, attempt = 1, more = {}) =>
  nextStep(outcome, attempt, { ...policy, ...more }, 0.5);

describe('what follows an attempt', () => {
  it.each([200, 201, 202, 204, 299])('the status %d is delivered', (status) => {
    expect(step(outcomeOfResponse(status))).toEqual({ kind: 'delivered', status });
  });

  it.each([408, 425, 429, 500, 501, 502, 503, 504, 520, 599])('the status %d is retried', (status) => {
    expect(step(outcomeOfResponse(status))).toEqual({ kind: 'retry', delay: 10 });
  });

  it.each([100, 101, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 409, 413, 422, 451])(
    'the status %d fails at once, unless the stack retries those, too',
    (status) => {
      const failed = { kind: 'fail', cause: 'refused', reason: `answered ${status}` };
      expect(step(outcomeOfResponse(status))).toEqual(failed);
      expect(step(outcomeOfResponse(status), 1, { retryOtherStatuses: true })).toEqual({
        kind: 'retry',
        delay: 10,
      });
    },
  );

  it('the status 410 fails at once, in any stack', () => {
    const gone = outcomeOfResponse(410);

    const failed = { kind: 'fail', cause: 'gone', reason: 'answered 410' };
    expect(step(gone, 1, { retryOtherStatuses: true })).toEqual(failed);
  });

  it.each(['timeout', 'dns', 'network', 'tls', 'protocol'] as const)('the failure %s is retried', (cause) => {
    expect(step({ kind: 'unreachable', cause, error: 'no' })).toEqual({ kind: 'retry', delay: 10 });
  });

  it('a blocked name is retried, and a blocked literal address fails at once', () => {
    expect(step({ kind: 'blocked', isLiteral: false, error: 'private' })).toEqual({
      kind: 'retry',
      delay: 10,
    });
    expect(step({ kind: 'blocked', isLiteral: true, error: 'private' })).toEqual({
      kind: 'fail',
      cause: 'blocked',
      reason: 'blocked: private',
    });
  });

  it('the next step uses each delay of the schedule in turn, then fails and says how the last attempt ended', () => {
    const busy = outcomeOfResponse(503);

    expect(step(busy, 1)).toEqual({ kind: 'retry', delay: 10 });
    expect(step(busy, 2)).toEqual({ kind: 'retry', delay: 60 });
    expect(step(busy, 3)).toEqual({
      kind: 'fail',
      cause: 'exhausted',
      reason: 'exhausted after 3 attempts, the last answered 503',
    });
  });

  it('the next step waits for as long as the response asks', () => {
    expect(step(outcomeOfResponse(503, seconds(100)))).toEqual({ kind: 'retry', delay: 100 });
    expect(step(outcomeOfResponse(503, seconds(1)))).toEqual({ kind: 'retry', delay: 10 });
  });

  it('the next step with an empty schedule fails after the first attempt', () => {
    expect(step(outcomeOfResponse(503), 1, { retryDelays: [] }).kind).toBe('fail');
  });
});
