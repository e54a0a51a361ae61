import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import type { HandshakeResponse } from '../domain/provider/handshake.ts';
import type { RawRequest } from '../domain/raw-request.ts';
import { MalformedEventError } from './malformed-event.ts';

/**
 * Checks that an event is a request of an HTTP API, in its payload format 2.0.
 *
 * @throws MalformedEventError naming the field that is missing
 */
export function checkHttpEvent(event: APIGatewayProxyEventV2): void {
  const { requestContext, rawPath } = event ?? {};
  const { method, sourceIp } = requestContext?.http ?? {};
  const needed: Readonly<Record<string, unknown>> = {
    rawPath,
    'requestContext.http.method': method,
    'requestContext.http.sourceIp': sourceIp,
  };
  const missing = Object.keys(needed).find((name) => typeof needed[name] !== 'string');
  if (missing !== undefined)
    throw new MalformedEventError(
      `the event is not a request of an HTTP API: ${missing} is not a text; invoke the function through its API`,
    );
}

/** The request as it was on the wire; the body's bytes exactly. */
export const rawRequest = (event: APIGatewayProxyEventV2): RawRequest => ({
  method: event.requestContext.http.method,
  url: publicUrl(event),
  headers: new Map(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), textOf(value)]),
  ),
  body: bodyOf(event),
  sourceIp: event.requestContext.http.sourceIp,
});

/** A field of the wrong type counts as empty. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const bodyOf = ({ body, isBase64Encoded }: APIGatewayProxyEventV2): Buffer =>
  Buffer.from(textOf(body), isBase64Encoded === true ? 'base64' : 'utf8');

/** The gateway's id of a request; empty if it gives none. */
export const requestIdOf = ({ requestContext }: APIGatewayProxyEventV2): string =>
  textOf(requestContext.requestId);

/** Who signed a request: the ARN of a user or of a role's session; `unknown` if the gateway gives none. */
export const callerOf = ({ requestContext }: APIGatewayProxyEventV2WithIAMAuthorizer): string =>
  textOf(requestContext.authorizer?.iam?.userArn) || 'unknown';

/** The URL as the caller wrote it, as far as the gateway passes it on. */
function publicUrl({ requestContext, rawPath, rawQueryString }: APIGatewayProxyEventV2): string {
  const query = rawQueryString ? `?${textOf(rawQueryString)}` : '';
  return `https://${requestContext.domainName}${rawPath}${query}`;
}

/** The last segment of the path: the source's name under `isolation: 'shared'`. */
export const lastPathSegment = (event: APIGatewayProxyEventV2): string =>
  event.rawPath.split('/').filter(Boolean).at(-1) ?? '';

/** A JSON response with `no-store`. */
export const jsonResponse = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

/** A response in the provider's format, with `nosniff` so that a browser does not guess its type. */
export const plainResponse = ({
  status,
  contentType,
  headers,
  body,
}: HandshakeResponse): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: {
    ...(contentType && { 'content-type': contentType }),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...headers,
  },
  body,
});

/** Parses the query. A repeated parameter becomes a list, which the gateway would join by commas. */
function queryOf(text: string): Readonly<Record<string, string | readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const at = pair.includes('=') ? pair.indexOf('=') : pair.length;
    const name = decodedPart(pair.slice(0, at));
    const values = found.get(name) ?? [];
    values.push(decodedPart(pair.slice(at + 1)));
    found.set(name, values);
  }
  return Object.fromEntries(
    [...found].map(([name, [value = '', ...others]]) => [
      name,
      others.length === 0 ? value : [value, ...others],
    ]),
  );
}

/** Returns a text that is not valid percent-encoding as it is. */
function decodedPart(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** A request to the management API. */
export const managementRequest = (event: APIGatewayProxyEventV2WithIAMAuthorizer) => ({
  method: event.requestContext.http.method,
  path: event.rawPath,
  query: queryOf(textOf(event.rawQueryString)),
  ifMatch: event.headers?.['if-match'],
  body: bodyOf(event).toString('utf8'),
});

/** A response of the management API. */
export function managementResponse(response: {
  readonly status: number;
  readonly body?: unknown;
  readonly etag?: string;
  readonly isProblem?: boolean;
  readonly allow?: readonly string[];
}): APIGatewayProxyStructuredResultV2 {
  const { status, body, etag, isProblem, allow } = response;
  const contentType = isProblem ? 'application/problem+json' : 'application/json';
  return {
    statusCode: status,
    headers: {
      'cache-control': 'no-store',
      ...(body !== undefined && { 'content-type': contentType }),
      ...(etag && { etag }),
      ...(allow && { allow: allow.join(', ') }),
    },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}
