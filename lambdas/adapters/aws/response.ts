import { parseJson } from '../../domain/json.ts';
import { AwsError, type ErrorPlace, MalformedResponseError } from './errors.ts';
import type { Response } from './exchange.ts';

/** The body of an error. */
type ErrorBody = Readonly<Record<string, unknown>>;

/** Makes the error of one of a service's codes; undefined for other codes, which become an AwsError. */
export type ErrorOf = (
  code: string,
  message: string,
  body: ErrorBody,
  place: ErrorPlace,
) => AwsError | undefined;

/** A message of AWS is a sentence or two. */
const longestMessage = 1_000;

/**
 * Reads a response of AWS's JSON protocol.
 *
 * @throws the error of the service; MalformedResponseError when a success is not JSON
 */
export function outputOf(response: Response, errorOf: ErrorOf = () => undefined): object {
  const text = response.body.toString('utf8');
  if (response.status >= 300) throw errorIn(response, text, errorOf);
  const output = text === '' ? {} : parseJson(text);
  if (typeof output === 'object' && output !== null) return output;
  throw new MalformedResponseError('a response of AWS is not JSON');
}

function errorIn({ status, headers }: Response, text: string, errorOf: ErrorOf): AwsError {
  // A proxy's page is not JSON.
  const body: ErrorBody = { ...Object(parseJson(text)) };
  const code = errorCode(headers['x-amzn-errortype'] ?? body['code'] ?? body['__type']);
  const place = { status, requestId: headers['x-amzn-requestid']?.toString() };
  const message = plainText(body['message'] ?? body['Message']) ?? `HTTP status ${status}`;
  return errorOf(code, message, body, place) ?? new AwsError(code, message, place);
}

/** The code in `com.amazonaws.dynamodb.v20120810#ThrottlingException` or `ThrottlingException:http://…`. */
function errorCode(given: unknown): string {
  const [, code] = /^(?:[^#,:]*#)?(\w{1,100})(?:[,:]|$)/.exec(typeof given === 'string' ? given : '') ?? [];
  return code ?? 'UnknownError';
}

const plainText = (message: unknown): string | undefined =>
  typeof message === 'string'
    ? message
        .slice(0, longestMessage)
        .toWellFormed()
        .replace(/\p{Cc}/gu, ' ')
    : undefined;
