import type { ManagementRequest, OperationResponse } from './operation.ts';
import { type OperationPorts, operations } from './operations.ts';
import { MethodNotAllowed, Problem, problemBody, problemStatuses } from './problem.ts';
import { route } from './router.ts';

export type ManagePorts = OperationPorts & {
  /** The OpenAPI description, generated from the schemas that parse the requests. */
  openapi(): Promise<object>;
};

/** A response of the API. */
export interface ManagementResult extends OperationResponse {
  /** The body is problem details. */
  readonly isProblem?: boolean;
  /** The methods that the path accepts, on a 405. */
  readonly allow?: readonly string[];
}

/**
 * Handles one request of an authorised caller. Never throws.
 *
 * @param served the operations of the deployment's parts
 */
export async function manage(
  request: ManagementRequest,
  caller: string,
  ports: ManagePorts,
  served: typeof operations = operations,
): Promise<ManagementResult> {
  const { method, path } = request;
  try {
    const response = await respond(request, ports, served);
    ports.telemetry.info('request.managed', { method, path, status: response.status, caller });
    return response;
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

async function respond(
  request: ManagementRequest,
  ports: ManagePorts,
  served: typeof operations,
): Promise<OperationResponse> {
  const { method, path } = request;
  if (path !== '/v1/openapi.json') return route(request, served, ports);
  if (method !== 'GET') throw new MethodNotAllowed(path, ['GET']);
  return { status: 200, body: await ports.openapi() };
}

/** Hides an unexpected error from the caller; its details go to the log. */
const problemOf = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem('internal', 'Hookline failed; the log of the management function says why. Try again.');
