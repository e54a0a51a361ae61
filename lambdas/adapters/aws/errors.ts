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
  readonly requestId?: string | undefined;
}

/** No response came in time. */
export class TimeoutError extends Error {
  override name = 'TimeoutError' as const;
}

/** A response is not what the service sends: too large, cut off, or about another message than the one that was sent. */
export class MalformedResponseError extends Error {
  override name = 'MalformedResponseError' as const;
}

/** Whether a service refused a call with this code. */
export const isAwsError = (error: unknown, code: string): error is AwsError =>
  error instanceof AwsError && error.name === code;
