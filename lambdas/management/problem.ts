/** The kinds of problem and their HTTP statuses; `docs/management-api.md` describes each. */
export const problemStatuses = {
  'invalid-request': 400,
  'destination-refused': 422,
  'not-found': 404,
  conflict: 409,
  'changed-meanwhile': 412,
  'too-large': 413,
  'payload-refused': 422,
  'method-not-allowed': 405,
  internal: 500,
} as const;
export type ProblemKind = keyof typeof problemStatuses;

/** One invalid field. */
export interface FieldError {
  /** The names on the way to the field, separated by full stops; empty for the whole part. */
  readonly path: string;
  readonly message: string;
}

/** An error whose response is problem details. @see https://www.rfc-editor.org/rfc/rfc9457 */
export class Problem extends Error {
  override name = 'Problem' as const;
  readonly kind: ProblemKind;
  readonly errors: readonly FieldError[];

  constructor(kind: ProblemKind, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.kind = kind;
    this.errors = errors;
  }
}

/** The path exists, but not with this method. @see https://www.rfc-editor.org/rfc/rfc9110#status.405 */
export class MethodNotAllowed extends Problem {
  /** The methods that the path accepts. */
  readonly allow: readonly string[];

  /** @param path the template, with its parameters in braces */
  constructor(path: string, allow: readonly string[]) {
    super('method-not-allowed', `${path} accepts only ${allow.join(', ')}.`);
    this.allow = allow;
  }
}

const titles: Readonly<Record<ProblemKind, string>> = {
  'invalid-request': 'The request is invalid',
  'destination-refused': 'Requests to this destination are not allowed',
  'not-found': 'Not found',
  conflict: 'The current state does not allow this',
  'changed-meanwhile': 'Another request has changed it',
  'too-large': 'The event is too large',
  'payload-refused': "The payload does not match its event type's schema",
  'method-not-allowed': 'The path does not accept this method',
  internal: 'Internal error',
};

/** The response body of a problem. */
export const problemBody = ({ kind, message, errors }: Problem) => ({
  type: `urn:hookline:problem:${kind}`,
  title: titles[kind],
  status: problemStatuses[kind],
  detail: message,
  ...(errors.length > 0 && { errors }),
});
