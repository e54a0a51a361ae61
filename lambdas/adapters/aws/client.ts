import type { CallBounds } from '../call-bounds.ts';
import { endpointOf } from './endpoint.ts';
import { type Credentials, credentialsIn, type Environment } from './environment.ts';
import { exchanger, type Response } from './exchange.ts';
import { type ErrorOf, outputOf } from './response.ts';
import { retrying } from './retries.ts';
import type { AwsService, JsonService } from './service.ts';
import { amzDate, signer } from './signature.ts';

/** A clock that is off by so much makes signatures invalid. */
const leastSkewMs = 240_000;

/**
 * Makes a client of one service that speaks AWS's JSON protocol, by region, endpoint and credentials of the environment.
 *
 * The SDK does the same at four times the processor time a call, and most of a cold start is loading it: docs/decisions.md.
 *
 * @returns a function that makes one call, by the action's name and its input as JSON. It returns the output's JSON, and rejects
 * with the last attempt's AwsError, TimeoutError, MalformedResponseError or network error
 * @throws AwsConfigurationError when the environment asks for an endpoint that this client does not know
 */
export function awsCaller(
  service: JsonService,
  bounds: CallBounds,
  environment: Environment,
  errorOf?: ErrorOf,
) {
  const request = awsRequester(service, bounds, environment, (response) => outputOf(response, errorOf));
  return (action: string, body: string): Promise<unknown> =>
    request({ body, target: `${service.target}.${action}` });
}

/** A request of an AWS service. */
export interface AwsRequest {
  readonly body: string;
  /** Of the JSON protocol: the action. */
  readonly target?: string;
  /** Percent-encoded. @default the root */
  readonly path?: string;
  /** Ends the request, which then rejects. @default none */
  readonly signal?: AbortSignal;
}

/**
 * Makes a function that signs and posts one request to a service, and repeats it when it fails for a passing reason.
 *
 * @param read turns a response into the output, or throws
 * @throws AwsConfigurationError when the environment asks for an endpoint that this client does not know
 */
export function awsRequester<Output>(
  service: AwsService,
  bounds: CallBounds,
  environment: Environment,
  read: (response: Response) => Output,
) {
  const { origin, region } = endpointOf(service, environment);
  const exchange = exchanger(origin, bounds);
  const sign = signer(service.name, region);
  const retry = retrying(bounds);
  let credentials: Credentials | undefined;
  /** Milliseconds to add to this clock, which a response showed to be off. */
  let clockOffset = 0;

  function headersOf({ body, target, path }: AwsRequest): Record<string, string> {
    credentials ??= credentialsIn(environment);
    const { sessionToken } = credentials;
    const date = amzDate(Date.now() + clockOffset);
    const headers: Record<string, string> = {
      'content-type': service.contentType,
      host: origin.host,
      'x-amz-date': date,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
      ...(target && { 'x-amz-target': target }),
    };
    const authorization = sign({ method: 'POST', path, headers, body }, date, credentials);
    const length = String(Buffer.byteLength(body));
    return { ...headers, ...unsigned(environment), authorization, 'content-length': length };
  }

  /** Notes how far this clock is off. @returns whether a new signature will differ in that */
  function correctClock(date: string | undefined): boolean {
    const offset = Date.parse(date ?? '') - Date.now();
    if (Number.isNaN(offset) || Math.abs(offset - clockOffset) < leastSkewMs) return false;
    clockOffset = offset;
    return true;
  }

  return async (request: AwsRequest): Promise<Output> => {
    let wasClockOff = false;
    return retry(
      async () => {
        wasClockOff = false;
        const response = await exchange(headersOf(request), request.body, request);
        if (response.status >= 400) wasClockOff = correctClock(response.headers['date']);
        return read(response);
      },
      () => wasClockOff,
    );
  };
}

/** What AWS ends loops of functions by. */
function unsigned(environment: Environment): Readonly<Record<string, string>> {
  const { AWS_LAMBDA_FUNCTION_NAME: isFunction, _X_AMZN_TRACE_ID: trace } = environment;
  return {
    'user-agent': 'hookline',
    ...(isFunction && trace && { 'x-amzn-trace-id': trace }),
  };
}
