import type { ClientRequest, IncomingMessage } from 'node:http';
import type { CallBounds } from '../call-bounds.ts';
import { MalformedResponseError, TimeoutError } from './errors.ts';

/** A response, read to its end. */
export interface Response {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** As many as the SDK's clients have. */
const maxSockets = 50;
/** Several times the largest response of the services, 16 MB of items in JSON. */
const maxResponseBytes = 64 * 1024 * 1024;

/**
 * Makes a function that posts a text to a server, over connections that are kept.
 *
 * It rejects with TimeoutError, MalformedResponseError or the error of the connection.
 */
export function exchanger(origin: URL, bounds: CallBounds) {
  const isSecure = origin.protocol === 'https:';
  const settings = {
    keepAlive: true,
    maxSockets,
    // Node gives each of several addresses 250 ms, however long a connection may take.
    autoSelectFamilyAttemptTimeout: bounds.connectionTimeoutMs / 2,
  };
  // An `import` would load both, which a cold start waits for.
  const protocol = process.getBuiltinModule(isSecure ? 'node:https' : 'node:http');
  const agent = new protocol.Agent(settings);
  // It has one server, and Node would put the name together from all options of each request.
  agent.getName = () => origin.host;
  const target = {
    method: 'POST',
    host: origin.hostname.replace(/^\[|\]$/g, ''),
    port: origin.port || (isSecure ? 443 : 80),
    agent,
  };

  return (
    headers: Readonly<Record<string, string>>,
    body: string,
    { path = '/', signal }: { readonly path?: string; readonly signal?: AbortSignal } = {},
  ): Promise<Response> => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    // As a list, Node writes headers without a table of them.
    const request = protocol.request({ ...target, path, signal, headers: Object.entries(headers).flat() });
    const fail = (error: Error): void => {
      reject(error);
      request.destroy();
    };
    const timer = setTimeout(
      () => fail(new TimeoutError(`${origin.host} did not answer within ${bounds.requestTimeoutMs} ms`)),
      bounds.requestTimeoutMs,
    );
    boundConnecting(request, fail, bounds.connectionTimeoutMs, origin.host);
    request.on('response', (response) => readAll(response, resolve, fail));
    request.on('error', reject);
    request.on('close', () => clearTimeout(timer));
    request.end(body);
    return promise;
  };
}

/** Fails a request whose connection takes too long; a kept connection needs no time. */
function boundConnecting(
  request: ClientRequest,
  fail: (error: Error) => void,
  limitMs: number,
  host: string,
): void {
  request.on('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(
      () => fail(new TimeoutError(`the connection to ${host} was not made within ${limitMs} ms`)),
      limitMs,
    );
    const stop = (): void => clearTimeout(timer);
    socket.once('connect', stop);
    socket.once('close', stop);
  });
}

function readAll(
  response: IncomingMessage,
  resolve: (response: Response) => void,
  fail: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > maxResponseBytes)
      fail(new MalformedResponseError(`a response of AWS has more than ${maxResponseBytes} bytes`));
  });
  response.on('error', fail);
  response.on('end', () => {
    const [first = Buffer.alloc(0)] = chunks;
    const body = chunks.length > 1 ? Buffer.concat(chunks, bytes) : first;
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
  });
}
