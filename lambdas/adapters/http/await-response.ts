import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { asError } from '../../domain/errors.ts';
import { closedWithoutResponse, isConnectionLost } from './errors.ts';
import { type FoundHead, headFinder } from './head-finder.ts';
import type { ResponseHead } from './response-head.ts';

/** A response whose head has arrived. */
export interface ArrivedResponse {
  readonly head: ResponseHead;
  /** Streams the body: decoded by Node, or the bare connection after a head that Node would not parse. */
  readonly body: Readable;
  /** The part of a bare connection's body that came with the head; undefined when Node decodes the body. */
  readonly begun?: Buffer;
}

/** The status line decides the attempt, so a large head must not hide it; a larger one counts as the endpoint's failure. */
export const maxHeadBytes = 256 * 1024;

/**
 * Waits for the head of a request's response.
 *
 * Reads the head leniently before Node's parser sees it. A regular head goes on to that parser, which then decides about
 * the body and about reuse of the connection; any other connection is never used again.
 *
 * The listeners stay, so that an error after the head is not uncaught.
 *
 * @throws the error of the connection or the parser
 */
export function headOf(request: ClientRequest): Promise<ArrivedResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<ArrivedResponse>();
  const finder = headFinder(maxHeadBytes);
  let found: FoundHead | undefined;
  let connection: Socket | undefined;
  const fail = (error: unknown): void => {
    const head = found?.head ?? (isConnectionLost(error) ? finder.unfinished() : undefined);
    if (head === undefined || connection === undefined) reject(error);
    else resolve({ head: { ...head, isRegular: false }, body: connection, begun: Buffer.alloc(0) });
  };
  request.once('response', (body: IncomingMessage) => {
    if (found !== undefined) resolve({ head: found.head, body });
  });
  request.on('error', fail);
  request.once('close', () => fail(new ConnectionClosedError()));
  request.once('socket', (socket: Socket) => {
    connection = socket;
    readFirst(socket, (chunk) => {
      found = finder.push(chunk);
      if (found === undefined) return 'more';
      if (found.head.isRegular) return found.raw;
      resolve({ head: found.head, body: socket, begun: Buffer.from(found.rest) });
      return 'taken';
    });
  });
  return promise;
}

/** The endpoint closed the connection without a response. */
class ConnectionClosedError extends Error {
  override name = 'ConnectionClosedError' as const;
  readonly code = 'ECONNRESET';
  override message = closedWithoutResponse;
}

/**
 * Reads the bytes of a connection before Node's parser gets them.
 *
 * @param read says what the parser gets: nothing yet, nothing ever, or these bytes and all that follow
 */
function readFirst(socket: Socket, read: (chunk: Buffer) => 'more' | 'taken' | Buffer): void {
  socket.off('data', endUnasked);
  const toParser = socket.listeners('data');
  socket.removeAllListeners('data');
  const onData = (chunk: Buffer): void => {
    try {
      const step = read(chunk);
      if (step === 'more') return;
      socket.off('data', onData);
      if (step === 'taken') return;
      for (const listener of toParser)
        socket.on('data', (next: Buffer) => Reflect.apply(listener, socket, [next]));
      socket.emit('data', step);
    } catch (error) {
      socket.destroy(asError(error));
    }
  };
  socket.on('data', onData);
}

/** Closes an idle connection on which bytes arrive: they would be taken for the response to its next request. */
export function watchIdle(socket: Socket | null): void {
  socket?.removeAllListeners('data');
  socket?.on('data', endUnasked);
}

function endUnasked(this: Socket): void {
  this.destroy();
}
