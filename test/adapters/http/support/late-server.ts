import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A worker thread: a receiver on 127.0.0.1 that accepts nothing for so long, and then answers 200 to everything. The
 * queue of its port holds one or two; the handshakes of all others are answered when their first packet is repeated,
 * after a second.
 *
 * Sends its port; sleeps from then on for `workerData` milliseconds.
 */
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  const address = server.address();
  parentPort?.postMessage(address !== null && typeof address === 'object' ? address.port : 0);
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(workerData)), 20);
});
