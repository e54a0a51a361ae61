import type { ManagementRequest, Operation, OperationResponse } from './operation.ts';
import { MethodNotAllowed, Problem } from './problem.ts';

/**
 * Runs the operation that a request's method and path select.
 *
 * @throws Problem when there is no such operation, or when it refuses the request
 */
export async function route<Ports>(
  request: ManagementRequest,
  operations: readonly Operation<Ports>[],
  ports: Ports,
): Promise<OperationResponse> {
  const matches = operations.flatMap((candidate) => {
    const params = paramsIn(candidate.path, request.path);
    return params === undefined ? [] : [{ candidate, params }];
  });
  const [match] = matches.filter(({ candidate }) => candidate.method === request.method);
  if (match !== undefined) return match.candidate.run(match.params, request, ports);
  if (matches.length === 0) {
    throw new Problem('not-found', 'No operation has this path; see /v1/openapi.json for all of them.');
  }
  const methods = matches.map(({ candidate }) => candidate.method);
  throw new MethodNotAllowed(matches[0]?.candidate.path ?? '', methods);
}

/** The parameters in a path; undefined when the path does not match the template. */
function paramsIn(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = decoded(part.slice(1, -1), value);
    else if (part !== value) return undefined;
  }
  return params;
}

/** Characters that never need percent-encoding. @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
const unreserved = /^[A-Za-z0-9._~-]*$/;

/**
 * Decodes a path parameter, and refuses needless percent-encoding.
 *
 * Each name has one spelling. Otherwise an IAM policy for `/v1/tenants/acme/*` would not cover `/v1/tenants/%61cme/`.
 */
function decoded(name: string, text: string): string {
  const value = decodedOnce(name, text);
  if (value === text || !unreserved.test(value)) return value;
  throw misspelt(name, 'expected without percent-encoding');
}

function decodedOnce(name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw misspelt(name, 'expected UTF-8, percent-encoded');
  }
}

const misspelt = (path: string, message: string): Problem =>
  new Problem('invalid-request', `path: ${path}: ${message}`, [{ path, message }]);
