import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { asError } from '../../domain/errors.ts';
import { closedUnanswered, isConnectionLost } from './errors.ts';
import { type FoundHead, headFinder } from './head-finder.ts';
import type { ResponseHead } from './response-head.ts';

/** An answer whose head is there. */
export interface ArrivedResponse {
  readonly head: ResponseHead;
  /** What its body comes by: decoded by Node, or, after a head that Node would not read, the bare connection. */
  readonly body: Readable;
  /** What came of a bare connection's body together with the head; undefined: Node decodes it. */
  readonly begun?: Buffer;
}

/** The status line decides, so a large head must not hide it; what is larger still is the endpoint's failure. */
export const maxHeadBytes = 256 * 1024;

/**
 * Waits for the head of a request's answer.
 *
 * The head is read here, leniently, before Node's parser sees it. A regular one is handed on to that parser, which then
 * decides about the body and the connection's next use; any other connection is never used again.
 *
 * The listeners stay: an error after the head must not be an uncaught one.
 *
 * @throws what went wrong on the way
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

/** The other side closed the connection and had said nothing. */
class ConnectionClosedError extends Error {
  override name = 'ConnectionClosedError' as const;
  readonly code = 'ECONNRESET';
  override message = closedUnanswered;
}

/**
 * Has the bytes of a connection read here before Node's parser gets them.
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

/** Watches a connection that waits for its next request: what comes unasked would be taken for that one's answer. */
export function watchIdle(socket: Socket | null): void {
  socket?.removeAllListeners('data');
  socket?.on('data', endUnasked);
}

function endUnasked(this: Socket): void {
  this.destroy();
}
