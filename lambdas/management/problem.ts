/** What is wrong with a request; each has its page in `docs/management-api.md`. */
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

/** One field that is not as it must be. */
export interface FieldError {
  /** Where: names separated by full stops; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** A request that is answered with problem details. @see https://www.rfc-editor.org/rfc/rfc9457 */
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

/** A path that takes other methods. @see https://www.rfc-editor.org/rfc/rfc9110#status.405 */
export class MethodNotAllowed extends Problem {
  /** The methods that it takes. */
  readonly allow: readonly string[];

  /** @param path of the description, with its parameters in braces */
  constructor(path: string, allow: readonly string[]) {
    super('method-not-allowed', `${path} takes ${allow.join(', ')} only.`);
    this.allow = allow;
  }
}

const titles: Readonly<Record<ProblemKind, string>> = {
  'invalid-request': 'The request is not as it must be',
  'destination-refused': 'Requests may not go there',
  'not-found': 'There is no such thing',
  conflict: 'It does not stand so that this can be done',
  'changed-meanwhile': 'Somebody else has changed it',
  'too-large': 'It is too large',
  'payload-refused': 'The payload is not as its event type says',
  'method-not-allowed': 'That is not done here',
  internal: 'It failed',
};

/** The body of a problem's answer. */
export const problemBody = ({ kind, message, errors }: Problem) => ({
  type: `urn:hookline:problem:${kind}`,
  title: titles[kind],
  status: problemStatuses[kind],
  detail: message,
  ...(errors.length > 0 && { errors }),
});
