import { expect, it } from 'vitest';
import { AwsError, MalformedResponseError, TimeoutError } from '../../../lambdas/adapters/aws/errors.ts';
import { retrying } from '../../../lambdas/adapters/aws/retries.ts';

const answered = (status: number, name = 'SomeException') => new AwsError(name, 'no', { status });
const broken = (code: string) => Object.assign(new Error('broken'), { code });

/** A caller without real waits, and what it waited. */
function caller(maxAttempts: number, random = 0.5) {
  const waits: number[] = [];
  const retry = retrying({
    maxAttempts,
    random: () => random,
    wait: async (ms) => void waits.push(ms),
  });
  /** Fails with each error in turn, then succeeds. */
  const call = async (errors: readonly Error[], isFixed = false) => {
    let attempts = 0;
    const attempt = async () => {
      const error = errors[attempts++];
      if (error !== undefined) throw error;
      return 'done';
    };
    const result = await retry(attempt, () => isFixed).catch((error: unknown) => error);
    return { attempts, result };
  };
  return { call, waits };
}

it.each([
  ['a throttle', answered(400, 'ProvisionedThroughputExceededException')],
  ['a throttle of SQS', answered(403, 'RequestThrottled')],
  ['status 429', answered(429)],
  ['status 500', answered(500)],
  ['status 502', answered(502)],
  ['status 503', answered(503)],
  ['status 504', answered(504)],
  ['a time-out', new TimeoutError('late')],
  ['a reset connection', broken('ECONNRESET')],
  ['a refused connection', broken('ECONNREFUSED')],
  ['a broken pipe', broken('EPIPE')],
  ['a failed DNS lookup', broken('EAI_AGAIN')],
  ['a response that is cut off', new MalformedResponseError('cut off')],
])('a call is repeated after %s', async (_what, error) => {
  const { call } = caller(3);

  expect(await call([error])).toEqual({ attempts: 2, result: 'done' });
  expect(await call([error, error, error])).toEqual({ attempts: 3, result: error });
});

it.each([
  ['a refusal', answered(400, 'ConditionalCheckFailedException')],
  ['a wrong request', answered(400, 'ValidationException')],
  ['a missing permission', answered(403, 'AccessDeniedException')],
  ['status 501', answered(501)],
  ['an error of another kind', new TypeError('a bug')],
  ['an invalid certificate', broken('CERT_HAS_EXPIRED')],
])('a call is not repeated after %s', async (_what, error) => {
  expect(await caller(4).call([error])).toEqual({ attempts: 1, result: error });
});

it('a call is repeated when the cause of its error is gone', async () => {
  const error = answered(403, 'InvalidSignatureException');

  expect(await caller(4).call([error], true)).toEqual({ attempts: 2, result: 'done' });
});

it('the pauses grow to twice the length, those after a throttle from a second, with full jitter', async () => {
  const transient = caller(4, 0.5);
  await transient.call([answered(500), answered(500), answered(500)]);
  expect(transient.waits).toEqual([25, 50, 100]);

  const throttled = caller(8, 0.999_999);
  await throttled.call(Array.from({ length: 7 }, () => answered(429)));
  expect(throttled.waits).toEqual([999, 1999, 3999, 7999, 15_999, 19_999, 19_999]);

  const lucky = caller(2, 0);
  await lucky.call([answered(500)]);
  expect(lucky.waits).toEqual([0]);
});

it('an outage uses up the budget of retries, and successes fill it again', async () => {
  const { call } = caller(2);
  const outage = async () => (await call([answered(500), answered(500)])).attempts;
  const attempts: number[] = [];
  for (let calls = 0; calls < 40; calls++) attempts.push(await outage());

  // 500 of budget, 14 for each retry.
  expect(attempts.filter((count) => count === 2)).toHaveLength(35);
  expect(attempts.slice(35)).toEqual([1, 1, 1, 1, 1]);
  for (let calls = 0; calls < 14; calls++) await call([]);
  expect([await outage(), await outage()]).toEqual([2, 1]);
});
