import type { ManagementRequest, OperationResponse } from './operation.ts';
import { type OperationPorts, operations } from './operations.ts';
import { MethodNotAllowed, Problem, problemBody, problemStatuses } from './problem.ts';
import { route } from './router.ts';

type Fields = Readonly<Record<string, string | number | undefined>>;

/** What the management API needs of the outside world. */
export type ManagePorts = OperationPorts & {
  /** The description of the API, from the schemas that parse its requests. */
  openapi(): Promise<object>;
  readonly telemetry: {
    info(line: string, fields: Fields): void;
    error(line: string, fields: Fields, error?: Error): void;
  };
};

/** An answer of the API, and whether it tells of a problem. */
export interface ManagementResult extends OperationResponse {
  readonly isProblem?: boolean;
  /** The methods that there are, where the one asked for is none of them. */
  readonly allow?: readonly string[];
}

/** Answers one request of an authorised caller. Never throws. */
export async function manage(
  request: ManagementRequest,
  caller: string,
  ports: ManagePorts,
): Promise<ManagementResult> {
  const { method, path } = request;
  try {
    const answer = await respond(request, ports);
    ports.telemetry.info('request.managed', { method, path, status: answer.status, caller });
    return answer;
  } catch (error) {
    const problem = problemOf(error);
    const status = problemStatuses[problem.kind];
    const fields = { method, path, status, caller, problem: problem.kind };
    if (status < 500) ports.telemetry.info('request.managed', fields);
    else ports.telemetry.error('request.managed', fields, error instanceof Error ? error : undefined);
    const allow = problem instanceof MethodNotAllowed ? problem.allow : undefined;
    return { status, body: problemBody(problem), isProblem: true, allow };
  }
}

async function respond(request: ManagementRequest, ports: ManagePorts): Promise<OperationResponse> {
  const { method, path } = request;
  if (path !== '/v1/openapi.json') return route(request, operations, ports);
  if (method !== 'GET') throw new MethodNotAllowed(path, ['GET']);
  return { status: 200, body: await ports.openapi() };
}

/** What we did not foresee says nothing about itself: the log does. */
const problemOf = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem('internal', 'It failed on our side: the function’s log says why. Try again.');
