import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { httpServer, rawServer } from '../../support/worlds/local-server.ts';

const settings = {
  localEndpoints: true,
  allowedPorts: [443],
  // Much longer than a response takes on a busy machine; tests of the limits have their own.
  connectTimeout: millis(20_000),
  attemptTimeout: millis(20_000),
};
const body = Buffer.from('{"data":"😀"}');
const post = async (url: string, more: Partial<typeof settings> = {}) => {
  const sender = httpSender({ ...settings, ...more });
  try {
    return await sender.post({
      url,
      headers: { 'Content-Type': 'application/json' },
      body,
      timeout: { ...settings, ...more }.attemptTimeout,
    });
  } finally {
    sender.close();
  }
};

describe('a response', () => {
  it('a response of 200 is accepted, with a sample of its body, and the request arrived byte for byte', async () => {
    const arrived: Buffer[] = [];
    using server = await httpServer((request, response) => {
      request.on('data', (chunk) => arrived.push(chunk)).on('end', () => response.end('thanks'));
    });

    expect(await post(server.url)).toEqual({ kind: 'accepted', status: 200, sample: 'thanks' });
    expect(Buffer.concat(arrived)).toEqual(body);
  });

  it.each([400, 404, 429, 500, 503])('a response of %d is refused', async (status) => {
    using server = await httpServer((_request, response) => response.writeHead(status).end());

    expect(await post(server.url)).toEqual({ kind: 'refused', status });
  });

  it('a response of 410 means that the endpoint is gone', async () => {
    using server = await httpServer((_request, response) => response.writeHead(410).end());

    expect(await post(server.url)).toEqual({ kind: 'gone', status: 410 });
  });

  it('a redirect is not followed', async () => {
    let requests = 0;
    using server = await httpServer((_request, response) => {
      requests++;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });

    expect(await post(server.url)).toMatchObject({ kind: 'refused', status: 307 });
    expect(requests).toBe(1);
  });

  it.each([
    ['2', 2],
    ['86400', 21_600],
    [new Date(Date.now() + 60_000).toUTCString(), 60],
    ['nonsense', undefined],
  ])('a response with Retry-After: %s asks for %s seconds', async (header, expected) => {
    using server = await httpServer((_request, response) =>
      response.writeHead(429, { 'retry-after': header }).end(),
    );

    const outcome = await post(server.url);

    const asked = outcome.kind === 'refused' ? outcome.retryAfter : undefined;
    if (expected === undefined) expect(asked).toBeUndefined();
    else expect(Math.abs((asked ?? 0) - expected)).toBeLessThanOrEqual(1);
  });

  it('a response whose body arrives slowly is accepted after a second, with what came by then', async () => {
    using server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write('a'), 200);
      socket.on('close', () => clearInterval(timer));
    });

    const outcome = await post(server.url);

    // The first bytes of a thousand, which would take more than three minutes.
    expect(outcome).toMatchObject({
      kind: 'accepted',
      status: 200,
      sample: expect.stringMatching(/^a{1,50}$/),
    });
  });

  it('a response of 1 GB needs no memory: after a KiB the connection is closed', async () => {
    let written = 0;
    const closed = Promise.withResolvers<void>();
    using server = await httpServer((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const flood = () => {
        while (written < 1e9 && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) return response.once('drain', flood);
        }
        return response;
      };
      response.on('close', closed.resolve);
      flood();
    });

    const outcome = await post(server.url);
    await closed.promise;

    expect(outcome).toEqual({ kind: 'accepted', status: 200, sample: 'x'.repeat(1024) });
    expect(written).toBeLessThan(20e6);
  });

  it('a response with a head of 64 kB has its status', async () => {
    using server = await rawServer((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nX-Large: ${'x'.repeat(64_000)}\r\nContent-Length: 0\r\n\r\n`),
    );

    expect(await post(server.url)).toEqual({ kind: 'accepted', status: 200 });
  });

  it('a response with a head without end is a failure of the endpoint', async () => {
    using server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      for (let line = 0; line < 20; line++) socket.write(`X-${line}: ${'x'.repeat(16_000)}\r\n`);
    });

    expect(await post(server.url)).toMatchObject({ kind: 'unreachable', cause: 'protocol' });
  });

  it('a response that is not HTTP is a failure of the endpoint', async () => {
    using server = await rawServer((socket) => socket.end('220 mail.example ESMTP\r\n'));

    expect(await post(server.url)).toMatchObject({ kind: 'unreachable', cause: 'protocol' });
  });

  it('a response of 101 to a request without an upgrade is refused', async () => {
    using server = await rawServer((socket) =>
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'),
    );

    expect(await post(server.url)).toMatchObject({ kind: 'refused', status: 101 });
  });

  it('a binary response has a sample that a table accepts', async () => {
    using server = await httpServer((_request, response) => response.end(Buffer.alloc(2000, 0xff)));

    const outcome = await post(server.url);

    const sample = 'sample' in outcome ? outcome.sample : undefined;
    expect(sample?.isWellFormed()).toBe(true);
    expect(sample?.length).toBe(1024);
  });
});

describe('connections', () => {
  it('connections are used again', async () => {
    const ports = new Set<number | undefined>();
    using server = await httpServer((request, response) => {
      ports.add(request.socket.remotePort);
      request.resume().on('end', () => response.end('ok'));
    });
    const sender = httpSender(settings);
    for (let attempt = 0; attempt < 3; attempt++)
      await sender.post({ url: server.url, headers: {}, body, timeout: settings.attemptTimeout });
    sender.close();

    expect(ports.size).toBe(1);
  });

  it('connections that the other side has closed meanwhile are replaced, within the same attempt', async () => {
    let requests = 0;
    using server = await rawServer((socket) => {
      requests++;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      socket.on('data', () => socket.resetAndDestroy());
    });
    const sender = httpSender(settings);
    const request = { url: server.url, headers: {}, body, timeout: settings.attemptTimeout };
    await sender.post(request);
    await pause(10);

    expect(await sender.post(request)).toMatchObject({ kind: 'accepted' });
    expect(requests).toBe(2);
    sender.close();
  });
});
