import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { httpSender } from '../../lambdas/adapters/http/sender.ts';
import { millis } from '../../lambdas/domain/time.ts';

const settings = { localEndpoints: true, allowedPorts: [443], connectTimeout: millis(2_000) };

const statusLines = fc.constantFrom(
  ...['HTTP/1.1 200 OK', 'HTTP/1.1 101 Switching Protocols', 'HTTP/1.1 103 Early Hints', 'HTTP/1.0 500 x'],
  ...['HTTP/1.1 204 No Content', 'HTTP/1.1 304 x', 'HTTP/2 410', 'HTTP/1.1 099 x', 'SSH-2.0-x', '\0', ''],
);
const fields = fc.constantFrom(
  ...['Content-Length: 0', 'Content-Length: 5', 'Content-Length: -1', 'Content-Length: 99999999999999999999'],
  ...['Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Connection: close', 'Upgrade: h2c'],
  ...[
    'Connection: upgrade',
    'Keep-Alive: timeout=-1',
    'Content-Encoding: gzip',
    'Content-Encoding: __proto__',
  ],
  ...[
    'Content-Type: text/plain; charset=utf-16',
    'Location: http://[',
    '__proto__: x',
    ': x',
    ' folded',
    'x\0y: z',
  ],
);
const bodies = fc.constantFrom(
  ...[
    '',
    'hello',
    '5\r\nhello\r\n0\r\n\r\n',
    '5\r\nhello\r\nzz\r\n',
    'ffffffffffffffff\r\nx',
    'x'.repeat(100_000),
  ],
  ...[
    'helloHTTP/1.1 500 x\r\n\r\n',
    '0\r\nX: y\r\n\r\nHTTP/1.1 500 x\r\n\r\n',
    '\x1f\x8b\x08\0\0\0\0\0\0\x03xx',
  ],
);
const answers = fc
  .tuple(
    fc.array(fc.tuple(statusLines, fc.array(fields, { maxLength: 4 })), { minLength: 1, maxLength: 3 }),
    bodies,
    fc.constantFrom('\r\n', '\r\n', '\n', '\r'),
  )
  .map(([heads, body, eol]) =>
    Buffer.from(`${heads.map(([line, of]) => [line, ...of, '', ''].join(eol)).join('')}${body}`, 'latin1'),
  );
const servers = fc.record({
  answer: answers,
  /** Where the answer is cut in two. */
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
  waits: fc.boolean(),
  ending: fc.constantFrom('keep', 'end', 'reset'),
});
type HostileServer = typeof servers extends fc.Arbitrary<infer Server> ? Server : never;

async function behave(socket: Socket, { answer, cut, waits, ending }: HostileServer): Promise<void> {
  const at = Math.floor(answer.length * cut);
  socket.write(answer.subarray(0, at));
  if (waits) await pause(1);
  if (socket.writable) socket.write(answer.subarray(at));
  if (ending === 'end') socket.end();
  if (ending === 'reset') socket.resetAndDestroy();
}

it('any behaviour of a server is an outcome: nothing is thrown, and no connection is left', async () => {
  let current: HostileServer | undefined;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => current && void behave(socket, current));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://localhost:${typeof address === 'object' ? address?.port : 0}/`;
  const sender = httpSender(settings);

  await fc.assert(
    fc.asyncProperty(servers, async (hostile) => {
      current = hostile;
      const post = () => sender.post({ url, headers: {}, body: Buffer.from('{}'), timeout: millis(100) });
      for (const { kind } of [await post(), await post()])
        expect(kind).toMatch(/^(accepted|refused|gone|unreachable)$/);
    }),
    { numRuns: 30 },
  );

  sender.close();
  const open = () =>
    new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
  await expect.poll(open, { timeout: 10_000 }).toBe(0);
  server.close();
}, 120_000);
