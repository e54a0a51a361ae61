import * as v from 'valibot';
import { fieldName } from '../domain/issue-text.ts';
import { parseBody } from './body.ts';
import { parsePart, refused } from './parse-part.ts';
import { Problem } from './problem.ts';

/** A request to the management API, as the gateway hands it over; the caller is authorised. */
export interface ManagementRequest {
  readonly method: string;
  readonly path: string;
  /** A parameter that is given several times is a list. */
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly ifMatch?: string;
  readonly body: string;
}

/** What an operation answers. */
export interface OperationResponse<Body = unknown> {
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
  readonly answers: Readonly<Record<number, ResponseShape>>;
}

/** How an answer is described. */
interface ResponseShape {
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
  ): Promise<OperationResponse>;
}

/** Makes an operation from its shape and what it does. */
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

/** @throws Problem for a parameter that is given twice, too: which of the two counts is anybody's guess */
function parseQuery(schema: Schema | undefined, query: ManagementRequest['query']): unknown {
  const twice = Object.entries(query).find(([, value]) => Array.isArray(value));
  if (twice === undefined) return parsePart(schema ?? v.object({}), 'query', query);
  const [name, values = []] = twice;
  const path = fieldName(name);
  throw refused('query', [{ path, message: `expected once, got ${values.length} of them` }]);
}

/** `"3"`, as an ETag of ours is written; `*` is whichever there is. */
function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const [, version] = /^\s*"(\d+)"\s*$/.exec(ifMatch) ?? [];
  if (version === undefined) {
    throw new Problem('invalid-request', 'If-Match: expected the ETag that a GET answered, as "3", or *.', [
      { path: 'If-Match', message: 'expected the ETag that a GET answered, as "3", or *' },
    ]);
  }
  return Number(version);
}

export const etagOf = (version: number): string => `"${version}"`;
