import type { ManagementRequest, OperationAnswer } from './operation.ts';
import { type OperationPorts, operations } from './operations.ts';
import { Problem, problemBody, problemStatuses } from './problem.ts';
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
export interface Managed extends OperationAnswer {
  readonly isProblem?: boolean;
}

/** Answers one request of an authorised caller. Never throws. */
export async function manage(
  request: ManagementRequest,
  caller: string,
  ports: ManagePorts,
): Promise<Managed> {
  const { method, path } = request;
  try {
    const answer = await answerTo(request, ports);
    ports.telemetry.info('request.managed', { method, path, status: answer.status, caller });
    return answer;
  } catch (error) {
    const problem = problemOf(error);
    const status = problemStatuses[problem.kind];
    const fields = { method, path, status, caller, problem: problem.kind };
    if (status < 500) ports.telemetry.info('request.managed', fields);
    else ports.telemetry.error('request.managed', fields, error instanceof Error ? error : undefined);
    return { status, body: problemBody(problem), isProblem: true };
  }
}

const answerTo = async (request: ManagementRequest, ports: ManagePorts): Promise<OperationAnswer> =>
  request.method === 'GET' && request.path === '/v1/openapi.json'
    ? { status: 200, body: await ports.openapi() }
    : route(request, operations, ports);

/** What we did not foresee says nothing about itself: the log does. */
const problemOf = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem('internal', 'It failed on our side: the function’s log says why. Try again.');
