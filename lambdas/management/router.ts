import type { ManagementRequest, Operation, OperationAnswer } from './operation.ts';
import { MethodNotAllowed, Problem } from './problem.ts';

/**
 * Answers a request with the operation that is meant.
 *
 * @throws Problem when there is none, or when it refuses
 */
export async function route<Ports>(
  request: ManagementRequest,
  operations: readonly Operation<Ports>[],
  ports: Ports,
): Promise<OperationAnswer> {
  const matches = operations.flatMap((candidate) => {
    const params = paramsIn(candidate.path, request.path);
    return params === undefined ? [] : [{ candidate, params }];
  });
  const [match] = matches.filter(({ candidate }) => candidate.method === request.method);
  if (match !== undefined) return match.candidate.run(match.params, request, ports);
  if (matches.length === 0) {
    throw new Problem('not-found', `There is no ${request.path}; /v1/openapi.json says what there is.`);
  }
  const methods = matches.map(({ candidate }) => candidate.method);
  throw new MethodNotAllowed(request.method, request.path, methods);
}

/** The parameters in a path; undefined when it is another path. */
function paramsIn(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = decoded(value);
    else if (part !== value) return undefined;
  }
  return params;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Problem('invalid-request', 'The path is not percent-encoded as it must be.');
  }
}
