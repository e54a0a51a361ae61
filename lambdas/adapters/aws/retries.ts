import { pause } from '../pause.ts';
import { AwsError, MalformedResponseError, TimeoutError } from './errors.ts';

// The SDK's standard mode of retries, with its numbers: @smithy/core/retry.

/** What a failed attempt says about the next one. */
type Failure = 'throttled' | 'transient' | 'final';

const throttlingCodes: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const transientCodes: ReadonlySet<string> = new Set([
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'ReplicatedWriteConflictException',
]);
const transientStatuses: ReadonlySet<number> = new Set([500, 502, 503, 504]);
/** Of Node's errors. The connection may have broken after the service did the work: a repeated call is part of every protocol here. */
const networkCodes: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const baseMs = { throttled: 1000, transient: 50 };
const longestMs = 20_000;
/** Retries take from a budget that successes fill, so that an outage is not met by twice as many calls. */
const budgetSize = 500;
const cost = { throttled: 5, transient: 14 };
const successGain = 1;

function failureOf(error: unknown): Failure {
  if (error instanceof AwsError) {
    if (error.status === 429 || throttlingCodes.has(error.name)) return 'throttled';
    return transientStatuses.has(error.status) || transientCodes.has(error.name) ? 'transient' : 'final';
  }
  if (error instanceof TimeoutError || error instanceof MalformedResponseError) return 'transient';
  return networkCodes.has(Reflect.get(Object(error), 'code')) ? 'transient' : 'final';
}

/** How a client repeats failed calls. */
export interface RetryOptions {
  readonly maxAttempts: number;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
  /** @param ms milliseconds @default a real wait */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/**
 * Makes calls, and repeats those that fail for a passing reason, after a pause with full jitter.
 *
 * @returns a function that rejects with the last attempt's error; `isFixed` says that the cause of an error is gone, so that the
 * call is worth another attempt
 */
export function retrying({ maxAttempts, random = Math.random, wait = pause }: RetryOptions) {
  let budget = budgetSize;

  /** Takes a retry from the budget. Throws the error when the budget is used up. @returns the cost of the retry */
  function take(error: unknown, retries: number, failure: Failure) {
    if (failure === 'final' || retries + 1 >= maxAttempts || budget < cost[failure]) throw error;
    budget -= cost[failure];
    const longest = Math.min(baseMs[failure] * 2 ** retries, longestMs);
    return { spent: cost[failure], delay: Math.floor(random() * longest) };
  }

  return async <Result>(
    attempt: () => Promise<Result>,
    isFixed: (error: unknown) => boolean,
  ): Promise<Result> => {
    let gain = successGain;
    for (let retries = 0; ; retries++) {
      try {
        const result = await attempt();
        budget = Math.min(budgetSize, budget + gain);
        return result;
      } catch (error) {
        const { spent, delay } = take(error, retries, isFixed(error) ? 'transient' : failureOf(error));
        gain = spent;
        await wait(delay);
      }
    }
  };
}
