import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, IncomingMessage, request as requestOf } from 'node:http';
import { buffer } from 'node:stream/consumers';

// A server of ours between the functions and the local AWS: see `functionEndpoint` in local/emulator.ts.

/** `service.Operation`, as the SDKs say it: in a header, in a form, or, to S3, by method. */
export function operationOf({ headers, method }: IncomingMessage, body: Buffer): string {
  const service =
    /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? 'unknown';
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  const action = () => new URLSearchParams(body.toString('utf8')).get('Action');
  return `${service}.${target || action() || method}`;
}

/** A response that is handed through. */
export interface Passed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Closes a connection well before the local AWS does. */
const agent = new Agent({ keepAlive: true, timeout: 30_000 });

/** Sends a request of a function on to the local AWS. `fetch` would take twice the processor time. */
export async function passOn(upstream: string, request: IncomingMessage, body: Buffer): Promise<Passed> {
  const { method, url = '/' } = request;
  const passed = requestOf(new URL(url, upstream), { agent, method, headers: passedOn(request.headers) });
  const responded = once(passed, 'response');
  passed.end(body);
  const [response] = await responded;
  if (!(response instanceof IncomingMessage)) throw new TypeError('the local AWS gave no response');
  return {
    status: response.statusCode ?? 502,
    headers: passedOn(response.headers),
    body: await buffer(response),
  };
}

const passedOn = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !/^(host|connection|content-length|expect|transfer-encoding)$/.test(name))
      .map(([name, value]) => [name, String(value)]),
  );
