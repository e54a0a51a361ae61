import type { CallBounds } from '../call-bounds.ts';
import { endpointOf } from './endpoint.ts';
import { type Credentials, credentialsIn, type Environment } from './environment.ts';
import { exchanger } from './exchange.ts';
import { type ErrorOf, outputOf } from './response.ts';
import { retrying } from './retries.ts';
import type { AwsService } from './service.ts';
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
  service: AwsService,
  bounds: CallBounds,
  environment: Environment,
  errorOf?: ErrorOf,
) {
  const { origin, region } = endpointOf(service, environment);
  const exchange = exchanger(origin, bounds);
  const sign = signer(service.name, region);
  const retry = retrying(bounds);
  let credentials: Credentials | undefined;
  /** Milliseconds to add to this clock, which a response showed to be off. */
  let clockOffset = 0;

  function headersOf(action: string, body: string): Record<string, string> {
    credentials ??= credentialsIn(environment);
    const { sessionToken } = credentials;
    const date = amzDate(Date.now() + clockOffset);
    const headers: Record<string, string> = {
      'content-type': service.contentType,
      host: origin.host,
      'x-amz-date': date,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
      'x-amz-target': `${service.target}.${action}`,
    };
    const authorization = sign({ method: 'POST', headers, body }, date, credentials);
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

  return async (action: string, body: string): Promise<unknown> => {
    let wasClockOff = false;
    return retry(
      async () => {
        wasClockOff = false;
        const response = await exchange(headersOf(action, body), body);
        if (response.status >= 400) wasClockOff = correctClock(response.headers['date']);
        return outputOf(response, errorOf);
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
