/**
 * Bounds for every AWS call. The SDK has no request timeout by default, and an exceeded one only logs unless
 * `throwOnRequestTimeout` is set.
 *
 * @see https://github.com/smithy-lang/smithy-typescript/tree/main/packages/node-http-handler
 */
export interface CallBounds {
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxAttempts: number;
}

/** For the receiver: the strictest providers hang up after 3 s. */
export const quickCalls: CallBounds = { connectionTimeoutMs: 300, requestTimeoutMs: 800, maxAttempts: 2 };

/** For queue workers: SQS redelivers a failed message. */
export const patientCalls: CallBounds = { connectionTimeoutMs: 1000, requestTimeoutMs: 5000, maxAttempts: 4 };

/** For long polls: longer than SQS waits before it returns an empty response. */
export const longPolls: CallBounds = { connectionTimeoutMs: 1000, requestTimeoutMs: 25_000, maxAttempts: 4 };
