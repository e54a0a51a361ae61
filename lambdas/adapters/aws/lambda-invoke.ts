import type { CallBounds } from '../call-bounds.ts';
import { awsRequester } from './client.ts';
import { type Environment, ownEnvironment } from './environment.ts';
import type { Response } from './exchange.ts';
import { outputOf } from './response.ts';
import { lambdaService } from './target-services.ts';

/** A function may run for 15 minutes. One attempt: the queue repeats a failed event, and a second call would run it twice. */
const bounds: CallBounds = { connectionTimeoutMs: 1000, requestTimeoutMs: 900_000, maxAttempts: 1 };

/**
 * Makes a function that invokes Lambda functions synchronously.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/API_Invoke.html
 */
export function lambdaInvoke(environment: Environment = ownEnvironment) {
  const request = awsRequester(lambdaService, bounds, environment, invocationIn);
  return (arn: string, body: string, signal: AbortSignal) =>
    request({ path: `/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`, body, signal });
}

function invocationIn(response: Response) {
  if (response.status >= 300) outputOf(response);
  return {
    payload: response.body.toString('utf8'),
    failed: response.headers['x-amz-function-error'] !== undefined,
  };
}
