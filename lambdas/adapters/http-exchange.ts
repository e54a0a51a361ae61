import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import { isConnectionLost, TimeUpError } from './http-errors.ts';

/** Begins a request on a kept connection, if there is one, or on a connection of its own. */
export type Open = (connection: 'pooled' | 'own') => ClientRequest;

/** What an endpoint answered. */
export interface Answer {
  readonly status: number;
  readonly retryAfter?: string;
  /** Of its body. */
  readonly sample?: string;
}

type Limits = Pick<OutboundSettings, 'connectTimeout' | 'attemptTimeout'>;

const maxSampleBytes = 1024;
const maxSampleMs = 1000;

/**
 * Sends a request and waits for its answer.
 *
 * A kept connection may have been closed by the other side while this process was frozen: then the request goes out once
 * more, on a connection of its own, within the same deadline.
 *
 * @throws what went wrong on the way
 */
export async function answerTo(open: Open, body: Uint8Array, limits: Limits): Promise<Answer> {
  const endsAt = performance.now() + limits.attemptTimeout;
  const request = open('pooled');
  try {
    return await exchange(request, body, endsAt, limits);
  } catch (error) {
    if (!request.reusedSocket || !isConnectionLost(error)) throw error;
    return exchange(open('own'), body, endsAt, limits);
  }
}

async function exchange(
  request: ClientRequest,
  body: Uint8Array,
  endsAt: number,
  limits: Limits,
): Promise<Answer> {
  const answered = headOf(request);
  const connecting = timeUp(
    request,
    limits.connectTimeout,
    `not connected within ${limits.connectTimeout} ms`,
  );
  const deadline = timeUp(
    request,
    Math.max(0, endsAt - performance.now()),
    `no answer within ${limits.attemptTimeout} ms`,
  );
  onConnected(request, () => clearTimeout(connecting));
  request.end(body);
  try {
    const response = await answered;
    clearTimeout(deadline);
    const { statusCode = 0, headers } = response;
    return { status: statusCode, retryAfter: headers['retry-after'], sample: await sampleOf(response) };
  } finally {
    clearTimeout(connecting);
    clearTimeout(deadline);
  }
}

const timeUp = (request: ClientRequest, after: number, message: string) =>
  setTimeout(() => request.destroy(new TimeUpError(message)), after);

/** The listeners stay: an error after the head must not be an uncaught one. */
function headOf(request: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once('response', resolve);
  request.once('upgrade', (response, socket) => {
    socket.destroy();
    resolve(response);
  });
  request.on('error', reject);
  request.once('close', () => reject(new Error('closed without an answer')));
  return promise;
}

function onConnected(request: ClientRequest, done: () => void): void {
  request.once('socket', (socket: Socket) => {
    if (request.reusedSocket) return done();
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', done);
  });
}

/** The first KiB of the body, as far as it comes within a second; what has not ended by then is cut off. */
async function sampleOf(response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let missing = maxSampleBytes;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  response.on('data', (chunk: Buffer) => {
    chunks.push(Buffer.from(chunk.subarray(0, missing)));
    missing -= Math.min(missing, chunk.length);
    if (missing === 0) resolve();
  });
  for (const end of ['end', 'close', 'error']) response.on(end, () => resolve());
  const timer = setTimeout(resolve, maxSampleMs);
  await enough;
  clearTimeout(timer);
  if (!response.readableEnded) response.destroy();
  return chunks.length === 0 ? undefined : new TextDecoder().decode(Buffer.concat(chunks));
}
