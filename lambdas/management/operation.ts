import * as v from 'valibot';
import { fieldName } from '../domain/issue-text.ts';
import { parseBody } from './body.ts';
import { parsePart, refused } from './parse-part.ts';
import { Problem } from './problem.ts';

/** A request to the management API. IAM has already authorised the caller. */
export interface ManagementRequest {
  readonly method: string;
  readonly path: string;
  /** A parameter that occurs several times is a list. */
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly ifMatch?: string;
  readonly body: string;
}

/** The response of an operation. */
export interface OperationResponse<Body = unknown> {
  readonly status: number;
  readonly body?: Body;
  /** The version of the thing in the body. */
  readonly etag?: string;
}

type Schema = v.GenericSchema;
type Out<S> = S extends Schema ? v.InferOutput<S> : undefined;

/** The parsed parts of a request, as an operation gets them. */
export interface OperationInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The version in `If-Match`. Undefined: the operation applies to any version. */
  readonly version?: number;
}

/** Describes an operation for OpenAPI, and says how its request is parsed. */
export interface OperationShape<
  P extends Schema = Schema,
  Q extends Schema | undefined = Schema | undefined,
  B extends Schema | undefined = Schema | undefined,
> {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** The parameters stand in braces. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly params: P;
  readonly query?: Q;
  readonly body?: B;
  /** An empty body counts as `{}`. */
  readonly isBodyOptional?: boolean;
  /** The field of the body whose numbers keep every digit, because it is passed on unchanged. */
  readonly exactField?: string;
  /** The operation accepts `If-Match`. */
  readonly isVersioned?: boolean;
  /** By status. */
  readonly responses: Readonly<Record<number, ResponseShape>>;
}

/** Describes a response for OpenAPI. */
interface ResponseShape {
  readonly description: string;
  readonly schema?: Schema;
  readonly hasEtag?: boolean;
}

/** An operation without the types of its parts, so that all fit into one list. It parses the request itself. */
export interface Operation<Ports> extends OperationShape {
  run(
    params: Readonly<Record<string, string>>,
    request: ManagementRequest,
    ports: Ports,
  ): Promise<OperationResponse>;
}

/** Makes an operation from its shape and its handler. */
export function operation<
  Ports,
  P extends Schema,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  shape: OperationShape<P, Q, B>,
  handle: (input: OperationInput<Out<P>, Out<Q>, Out<B>>, ports: Ports) => Promise<OperationResponse>,
): Operation<Ports> {
  return {
    ...shape,
    run: (params, request, ports) =>
      handle(
        {
          params: parsePart(shape.params, 'path', params),
          query: parseQuery(shape.query, request.query),
          body: shape.body && parsePart(shape.body, 'body', bodyOf(request.body, shape)),
          version: shape.isVersioned ? versionOf(request.ifMatch) : undefined,
        } as OperationInput<Out<P>, Out<Q>, Out<B>>,
        ports,
      ),
  };
}

const bodyOf = (text: string, { isBodyOptional, exactField }: OperationShape): object =>
  text === '' && isBodyOptional ? {} : parseBody(text, exactField);

/** @throws Problem for a parameter that occurs twice: it would be unclear which value counts */
function parseQuery(schema: Schema | undefined, query: ManagementRequest['query']): unknown {
  const twice = Object.entries(query).find(([, value]) => Array.isArray(value));
  if (twice === undefined) return parsePart(schema ?? v.object({}), 'query', query);
  const [name, values = []] = twice;
  const path = fieldName(name);
  throw refused('query', [{ path, message: `expected once, got ${values.length} times` }]);
}

/** Parses `If-Match`: an ETag such as `"3"`, or `*` for any version. */
function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const [, version] = /^\s*"(\d+)"\s*$/.exec(ifMatch) ?? [];
  if (version === undefined) {
    const message = 'expected the ETag of a GET, e.g. "3", or *';
    throw new Problem('invalid-request', `If-Match: ${message}.`, [{ path: 'If-Match', message }]);
  }
  return Number(version);
}

export const etagOf = (version: number): string => `"${version}"`;
