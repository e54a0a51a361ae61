import * as v from 'valibot';
import { parseBody } from './body.ts';
import { type FieldError, Problem } from './problem.ts';

/** A request to the management API, as the gateway hands it over; the caller is authorised. */
export interface ManagementRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly ifMatch?: string;
  readonly body: string;
}

/** What an operation answers. */
export interface OperationAnswer<Body = unknown> {
  readonly status: number;
  readonly body?: Body;
  /** The version of what is answered. */
  readonly etag?: string;
}

type Schema = v.GenericSchema;
type Out<S> = S extends Schema ? v.InferOutput<S> : undefined;

/** What an operation gets: everything parsed. */
export interface OperationInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The version that the caller has seen; undefined: whichever there is. */
  readonly version?: number;
}

/** How an operation is described, and how its parts are parsed. */
export interface OperationShape<
  P extends Schema = Schema,
  Q extends Schema | undefined = Schema | undefined,
  B extends Schema | undefined = Schema | undefined,
> {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With its parameters in braces. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly params: P;
  readonly query?: Q;
  readonly body?: B;
  /** Without a body nothing is missing. */
  readonly isBodyOptional?: boolean;
  /** The field of the body whose numbers are kept digit by digit: it goes on as it came. */
  readonly exactField?: string;
  /** Takes `If-Match`. */
  readonly isVersioned?: boolean;
  /** By status. */
  readonly answers: Readonly<Record<number, AnswerShape>>;
}

/** How an answer is described. */
interface AnswerShape {
  readonly description: string;
  readonly schema?: Schema;
  readonly hasEtag?: boolean;
}

/** An operation whose parts have been forgotten: it parses for itself. */
export interface Operation<Ports> extends OperationShape {
  run(
    params: Readonly<Record<string, string>>,
    request: ManagementRequest,
    ports: Ports,
  ): Promise<OperationAnswer>;
}

/** Makes an operation from its shape and what it does. */
export function operation<
  Ports,
  P extends Schema,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  shape: OperationShape<P, Q, B>,
  handle: (input: OperationInput<Out<P>, Out<Q>, Out<B>>, ports: Ports) => Promise<OperationAnswer>,
): Operation<Ports> {
  return {
    ...shape,
    run: (params, request, ports) =>
      handle(
        {
          params: parsePart(shape.params, 'path', params),
          query: parsePart(shape.query, 'query', request.query),
          body: parsePart(shape.body, 'body', shape.body && bodyOf(request.body, shape)),
          version: shape.isVersioned ? versionOf(request.ifMatch) : undefined,
        } as OperationInput<Out<P>, Out<Q>, Out<B>>,
        ports,
      ),
  };
}

const bodyOf = (text: string, { isBodyOptional, exactField }: OperationShape): unknown =>
  text === '' && isBodyOptional ? {} : parseBody(text, exactField);

/** `"3"`, as an ETag of ours is written; `*` is whichever there is. */
function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const [, version] = /^\s*"(\d+)"\s*$/.exec(ifMatch) ?? [];
  if (version === undefined) {
    throw new Problem(
      'invalid-request',
      'If-Match is no ETag of this API: send the one that a GET answered.',
    );
  }
  return Number(version);
}

export const etagOf = (version: number): string => `"${version}"`;

function parsePart(schema: Schema | undefined, part: string, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const errors = result.issues.map(fieldError);
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  throw new Problem('invalid-request', `${part}: ${first?.path} ${first?.message}${more}`, errors);
}

/** What is wrong with a field, and what it must be; the value is the caller's, and not repeated. */
function fieldError(issue: v.GenericIssue): FieldError {
  const path = v.getDotPath(issue) ?? '';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return { path, message: 'is not a field that there is' };
  }
  if (issue.kind === 'schema' && issue.received === 'undefined') {
    return { path, message: `is missing; expected ${issue.expected}` };
  }
  // A rule's own message says what it wants, where it has one.
  const wanted = issue.message.startsWith('Invalid') ? (issue.expected ?? issue.type) : issue.message;
  return { path, message: `is not ${wanted}` };
}
