import { createHash, createHmac } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SignatureV4 } from '@smithy/signature-v4';
import * as v from 'valibot';
import { parseJson } from '../../lambdas/domain/json.ts';
import { ProblemView } from '../../lambdas/management/schemas.ts';
import { RefusedError, UsageError } from '../terminal/errors.ts';
import { fetchWithReason } from './fetch-with-reason.ts';

/** A request to the management API. */
export interface ManagementCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Relative to the API's URL, with encoded parameters. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** The ETag of the version that the change is based on. */
  readonly ifMatch?: string;
}

/** A successful response of the management API. */
export interface ManagementResponse {
  readonly status: number;
  readonly body: unknown;
  readonly etag?: string;
}

/** The API responded with problem details. */
class ManagementProblem extends RefusedError {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** SHA-256 and HMAC-SHA-256 with the interface that SignatureV4 needs. */
class Sha256 {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === 'string' || secret === undefined ? secret : bytesOf(secret);
    this.hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }

  reset(): void {
    throw new Error('reset is not supported: SignatureV4 makes a new hash each time');
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);

/** Longer than API Gateway's own timeout. */
const timeoutMs = 35_000;

/** The credentials and the region to sign for. */
type Caller = Pick<SQSClient['config'], 'credentials' | 'region'>;

/** Calls the management API with SigV4, and returns any response, also an error. */
export function managementFetch(baseUrl: string, { credentials, region }: Caller = new SQSClient().config) {
  const signer = new SignatureV4({ service: 'execute-api', credentials, region, sha256: Sha256 });

  return async (call: ManagementCall): Promise<Response> => {
    const url = new URL(`${baseUrl}${call.path}`);
    // URL resolves the segments `.` and `..`, so the request would go to another path.
    if (!url.pathname.endsWith(call.path)) throw new UsageError('A tenant or an id cannot be . or ..');
    const query = definedOf(call.query ?? {});
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const { headers } = await signer.sign({
      method: call.method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port && { port: Number(url.port) }),
      path: url.pathname,
      query,
      headers: {
        host: url.host,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(call.ifMatch && { 'if-match': call.ifMatch }),
      },
      body,
    });
    const signal = AbortSignal.timeout(timeoutMs);
    return fetchWithReason(url, { method: call.method, headers, body, signal });
  };
}

/**
 * A client of a deployment's management API, with the credentials that the AWS CLI would use.
 *
 * @param baseUrl the `ManagementUrl` output
 */
export function managementClient(baseUrl: string) {
  const send = managementFetch(baseUrl);

  /** @throws ManagementProblem with the API's message; RefusedError when the response is not of this API */
  return async (call: ManagementCall): Promise<ManagementResponse> => responseOf(await send(call));
}

export type ManagementClient = ReturnType<typeof managementClient>;

const definedOf = (query: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

async function responseOf(response: Response): Promise<ManagementResponse> {
  const text = await response.text();
  const body = parseJson(text);
  const etag = response.headers.get('etag') ?? undefined;
  if (response.ok) return { status: response.status, body, etag };
  const problem = v.safeParse(ProblemView, body);
  if (problem.success) throw new ManagementProblem(response.status, problem.output.detail);
  const why = response.status === 403 ? ': your credentials lack execute-api:Invoke' : '';
  throw new RefusedError(`The management API responded ${response.status}${why}.`);
}
