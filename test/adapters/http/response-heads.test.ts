import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headFinder } from '../../../lambdas/adapters/http/head-finder.ts';
import { readHead } from '../../../lambdas/adapters/http/response-head.ts';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { answering, cutHeads, malformedHeads, regularHeads } from '../../support/hostile/raw-responses.ts';
import { rawServer } from '../../support/worlds/local-server.ts';

const settings = { localEndpoints: true, allowedPorts: [443], connectTimeout: millis(5_000) };
const timeout = millis(10_000);
const body = Buffer.from('{}');
const statuses = [200, 204, 500, 410];

/** Posts twice to one server, with one sender. @returns both outcomes, and how many connections they took */
async function twice(onRequest: Parameters<typeof rawServer>[0]) {
  let connections = 0;
  using server = await rawServer((socket) => {
    connections++;
    onRequest(socket);
  });
  const sender = httpSender(settings);
  const post = () => sender.post({ url: server.url, headers: {}, body, timeout });
  const first = await post();
  await pause(1);
  const second = await post();
  sender.close();
  return { outcomes: [first, second], connections };
}

const says = (status: number): Partial<AttemptOutcome> =>
  status < 300
    ? { kind: 'accepted', status }
    : status === 410
      ? { kind: 'gone', status }
      : { kind: 'refused', status };
const cases = (heads: Readonly<Record<string, (status: number) => string>>) =>
  Object.entries(heads).flatMap(([name, head]) =>
    statuses.map((status) => [name, status, head(status)] as const),
  );

describe('a malformed head', () => {
  it.concurrent.each(cases(malformedHeads))(
    'a malformed head with %s has its status %d, and closes its connection',
    async (_name, status, text) => {
      const { outcomes, connections } = await twice(answering(text));

      expect(outcomes).toMatchObject([says(status), says(status)]);
      expect(connections).toBe(2);
    },
  );

  it.concurrent.each(cases(malformedHeads))(
    'a malformed head with %s has its status %d byte by byte, too',
    async (_name, status, text) => {
      const finder = headFinder(256 * 1024);
      const found = [...Buffer.from(text, 'latin1')].map((byte) => finder.push(Buffer.of(byte)));

      expect(found.find((head) => head !== undefined)?.head).toMatchObject({ status, isRegular: false });
    },
  );

  it.concurrent.each(cases(cutHeads))(
    'a malformed head that ends %s has its status %d',
    async (_name, status, text) => {
      const { outcomes, connections } = await twice((socket) => socket.end(text));

      expect(outcomes).toMatchObject([says(status), says(status)]);
      expect(connections).toBe(2);
    },
  );

  it.each([
    ['length', 'HTTP/1.1 500 Any\nContent-Length: 5\n\nsorry'],
    ['chunks', 'HTTP/1.1 500 Any\nTransfer-Encoding: chunked\n\n3\r\nsor\r\n2\r\nry\r\n0\r\n\r\n'],
  ])('a malformed head has a sample of its body, by its %s', async (_name, text) => {
    const { outcomes } = await twice(answering(text));

    expect(outcomes).toMatchObject([
      { status: 500, sample: 'sorry' },
      { status: 500, sample: 'sorry' },
    ]);
  });

  it('a malformed head keeps the headers that are readable', async () => {
    const { outcomes } = await twice(answering('HTTP/1.1 503 Any\nretry-after : 7\nContent-Length: 0\n\n'));

    expect(outcomes).toMatchObject([{ retryAfter: 7 }, { retryAfter: 7 }]);
  });
});

describe('a regular head', () => {
  it.concurrent.each(cases(regularHeads))(
    'a regular head with %s has its status %d, and keeps its connection',
    async (_name, status, text) => {
      const { outcomes, connections } = await twice(answering(text));

      expect(outcomes).toMatchObject([says(status), says(status)]);
      expect(connections).toBe(1);
    },
  );

  it.concurrent.each([
    ['shorter than its length', 'Content-Length: 5\r\n\r\nabc', true],
    ['longer than its length', 'Content-Length: 3\r\n\r\nabcde', false],
    ['with chunks that cannot be read', 'Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n', false],
    ['that only its end ends', '\r\nabc', true],
    ['where there may be none', 'Connection: close\r\nContent-Length: 3\r\n\r\nabc', true],
  ])('a regular head with a body %s has its status, and closes its connection', async (_name, rest, ends) => {
    const { outcomes, connections } = await twice((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${rest}`);
      if (ends) socket.end();
    });

    expect(outcomes).toMatchObject([says(200), says(200)]);
    expect(connections).toBe(2);
  });

  it('a regular head with a body after 204 closes its connection', async () => {
    const text =
      'HTTP/1.1 204 No Content\r\nContent-Length: 37\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    const { outcomes, connections } = await twice(answering(text));

    expect(outcomes).toMatchObject([says(204), says(204)]);
    expect(connections).toBe(2);
  });

  it('a later response without a request closes its connection', async () => {
    const plain = 'HTTP/1.1 500 Any\r\nContent-Length: 0\r\n\r\n';
    const unasked = Promise.withResolvers<void>();
    let connections = 0;
    using server = await rawServer((socket) => {
      connections++;
      socket.write(plain);
      setTimeout(
        () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', () => unasked.resolve()),
        5,
      );
    });
    const sender = httpSender(settings);
    const post = () => sender.post({ url: server.url, headers: {}, body, timeout });
    const first = await post();
    await unasked.promise;
    await pause(20);
    const second = await post();
    sender.close();

    expect([first, second]).toMatchObject([says(500), says(500)]);
    expect(connections).toBe(2);
  });
});

describe('interim answers', () => {
  it.each([1, 10])('interim responses, %d of them, are skipped', async (count) => {
    const text = `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(count)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`;
    const { outcomes, connections } = await twice(answering(text));

    expect(outcomes).toMatchObject([says(200), says(200)]);
    expect(connections).toBe(1);
  });

  it('more than ten interim responses end the attempt', async () => {
    const { outcomes } = await twice(answering('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(11)));

    expect(outcomes).toMatchObject([
      {
        kind: 'unreachable',
        cause: 'protocol',
        phase: 'head',
        error: 'more than 10 interim responses (1xx) without a final one',
      },
      { cause: 'protocol' },
    ]);
  });
});

describe('a response that is not HTTP', () => {
  it.each([
    ['220 mail.example ESMTP\r\n', '"220 mail.example ESMTP"'],
    ['\0\0\x12\x04\0\0\0\0\0', 'bytes that are not text'],
    ['<html>', '"<html>"'],
    ['HTTP/1.1 abc\r\n\r\n', '"HTTP/1.1 abc"'],
    ['HTTP/1.1 020 Any\r\n\r\n', '"HTTP/1.1 020 Any"'],
    ['HTTP/1.1 2000 Any\r\n\r\n', '"HTTP/1.1 2000 Any"'],
  ])(
    'a response that is not HTTP (%j) is a failure of the endpoint that shows its beginning',
    async (text, shown) => {
      const { outcomes } = await twice(answering(text));

      const failure = {
        kind: 'unreachable',
        cause: 'protocol',
        phase: 'head',
        error: `the response is not HTTP/1.1: it begins with ${shown}`,
      };
      expect(outcomes).toEqual([failure, failure]);
    },
  );
});

describe('reading heads', () => {
  const pieces = fc.constantFrom(
    'HTTP/1.1 200 OK',
    'HTTP/1.1 100',
    '\r\n',
    '\n',
    '\r',
    'A: b',
    ':',
    ' ',
    '\0',
    'x',
  );
  // Two CRs without an LF so far end a head at once, for there may never be one.
  const hostile = fc
    .oneof(
      fc.array(pieces, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''), 'latin1')),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    )
    .filter((bytes) => !bytes.includes('\r\r'));

  it('the head reader never throws, and gives the same result for every split of the bytes', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 7 }), (bytes, size) => {
        expect(() => readHead(bytes.toString('latin1'))).not.toThrow();
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        );
        expect(foundIn(chunks)).toEqual(foundIn([bytes]));
      }),
      { numRuns: 2_000, examples: [[Buffer.of(0, 0xef), 1]] },
    );
  });

  it('the head reader costs little if a large head comes byte by byte', () => {
    const finder = headFinder(256 * 1024);
    const begun = process.cpuUsage();
    finder.push(Buffer.from('HTTP/1.1 200 OK\r\nX-A: '));
    for (let sent = 0; sent < 250_000; sent++) finder.push(Buffer.of(97));
    const { user, system } = process.cpuUsage(begun);

    expect((user + system) / 1000).toBeLessThan(1_500);
  });
});

/** The result for bytes that come in these chunks. */
function foundIn(chunks: readonly Buffer[]) {
  const finder = headFinder(256 * 1024);
  try {
    for (const chunk of chunks) {
      const found = finder.push(chunk);
      if (found !== undefined) return found.head;
    }
    return finder.unfinished();
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}
