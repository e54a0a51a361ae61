import * as v from 'valibot';
import { parseJson } from '../../domain/json.ts';

/** What a service answered instead of a result. Its name is the service's code, e.g. `ThrottlingException`. */
export class AwsError extends Error {
  override name: string;
  /** Of the HTTP response. */
  readonly status: number;
  /** AWS's support asks for it. */
  readonly requestId: string | undefined;

  constructor(name: string, message: string, { status, requestId }: ErrorPlace) {
    super(message);
    this.name = name;
    this.status = status;
    this.requestId = requestId;
  }
}

export interface ErrorPlace {
  readonly status: number;
  readonly requestId?: string;
}

/** No response came in time. */
export class TimeoutError extends Error {
  override name = 'TimeoutError' as const;
}

/** A response is not what the service sends: too large, or changed on the way. */
export class MalformedResponseError extends Error {
  override name = 'MalformedResponseError' as const;
}

/** The parts of an error's body; services write the message either way. */
const Body = v.looseObject({
  __type: v.optional(v.string()),
  code: v.optional(v.string()),
  message: v.optional(v.string()),
  Message: v.optional(v.string()),
});
export type ErrorBody = v.InferOutput<typeof Body>;

/** The body of an error; empty when it is not one, e.g. the page of a proxy. */
export function errorBody(text: string): ErrorBody {
  const parsed = v.safeParse(Body, parseJson(text));
  return parsed.success ? parsed.output : {};
}

/**
 * The code of an error, from `com.amazonaws.dynamodb.v20120810#ThrottlingException` or `ThrottlingException:http://…`.
 *
 * @param header `x-amzn-errortype`
 */
export function errorCode(header: string | undefined, { code, __type }: ErrorBody): string {
  const [given = ''] = (header ?? code ?? __type ?? '').split(/[,:]/);
  return given.slice(given.indexOf('#') + 1) || 'UnknownError';
}

/** Whether a service refused a call with this code. */
export const isAwsError = (error: unknown, code: string): error is AwsError =>
  error instanceof AwsError && error.name === code;
