import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Resolve } from '../../../lambdas/adapters/http/name-resolver.ts';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import { millis } from '../../../lambdas/domain/time.ts';

const settings = { localEndpoints: true, allowedPorts: [443], connectTimeout: millis(5_000) };
const body = Buffer.from('{}');

/** A receiver at one of this machine's addresses, which counts its connections. */
async function receiver(
  host = '127.0.0.1',
  port = 0,
  listener: RequestListener = (_request, response) => response.end(),
) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const requests: string[] = [];
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    requests.push(request.headers.host ?? '');
    request.resume().on('end', () => listener(request, response));
  });
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    requests,
    connections: () => connections,
    open: () => sockets.size,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Answers each query with the next of these. */
function names(...answers: readonly (readonly string[])[]): Resolve {
  let asked = 0;
  return (_name, _options, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

function poster(resolve: Resolve = names(['127.0.0.1'])) {
  const sender = httpSender(settings, resolve);
  const post = (url: string) => sender.post({ url, headers: {}, body, timeout: millis(15_000) });
  return { post, [Symbol.dispose]: sender.close };
}

describe('a kept connection', () => {
  it('a kept connection is not used if its host has moved, even in the same second', async () => {
    using before = await receiver('127.0.0.1');
    using after = await receiver('127.0.0.2', before.port);
    using sender = poster(names(['127.0.0.1'], ['127.0.0.2']));
    const url = `http://hooks.localhost:${before.port}/`;

    await sender.post(url);
    await sender.post(url);

    expect([before.requests.length, after.requests.length]).toEqual([1, 1]);
  });

  it('a kept connection is used while its address is among those of its host, in any order', async () => {
    using server = await receiver();
    using sender = poster(
      names(['127.0.0.1'], ['127.0.0.9', '127.0.0.1'], ['127.0.0.1', '127.0.0.8', '::1']),
    );

    for (let request = 0; request < 3; request++) await sender.post(`http://hooks.localhost:${server.port}/`);

    expect(server.connections()).toBe(1);
  });

  it('a kept connection is independent of the addresses of other hosts', async () => {
    using server = await receiver();
    using sender = poster((name, _options, callback) =>
      callback(null, [{ address: name === 'other.localhost' ? '127.0.0.3' : '127.0.0.1', family: 4 }]),
    );

    for (const name of ['hooks', 'other', 'hooks'])
      await sender.post(`http://${name}.localhost:${server.port}/`);

    expect(server.connections()).toBe(1);
  });

  it('a kept connection does not bypass the check of the destination', async () => {
    using server = await receiver();
    using sender = poster(names(['127.0.0.1'], ['127.0.0.1', '10.0.0.1']));
    const url = `http://hooks.localhost:${server.port}/`;

    await sender.post(url);

    expect(await sender.post(url)).toMatchObject({ kind: 'blocked', isLiteral: false });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a kept connection ages by the clock on the wall, frozen or not:', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['59 s old it is used', 59_000, 1],
    ['60 s old it is not', 60_000, 2],
    ['nor after a freeze of hours', 3 * 3_600_000, 2],
    ['nor after the clock was set back', -1_000, 2],
  ])(
    'a kept connection ages by the wall clock, even while the process is frozen: %s',
    async (_what, age, connections) => {
      using server = await receiver();
      using sender = poster();
      const url = `http://hooks.localhost:${server.port}/`;

      await sender.post(url);
      vi.setSystemTime(Date.now() + age);
      await sender.post(url);

      expect(server.connections()).toBe(connections);
    },
  );

  it('a kept connection has an age since it was made, even if it is always busy', async () => {
    using server = await receiver();
    using sender = poster();

    for (let request = 0; request < 10; request++) {
      await sender.post(`http://hooks.localhost:${server.port}/`);
      vi.setSystemTime(Date.now() + 15_000);
    }

    expect(server.connections()).toBe(3);
  });

  it('a kept connection is idle for no longer than the server allows', async () => {
    using server = await receiver('127.0.0.1', 0, (_request, response) =>
      response.writeHead(200, { 'keep-alive': 'timeout=5' }).end(),
    );
    using sender = poster();
    const url = `http://hooks.localhost:${server.port}/`;

    await sender.post(url);
    vi.setSystemTime(Date.now() + 3_000);
    await sender.post(url);
    expect(server.connections()).toBe(1);
    vi.setSystemTime(Date.now() + 4_500);
    await sender.post(url);
    expect(server.connections()).toBe(2);
  });
});

describe('idle connections', () => {
  it('idle connections are at most 64 over all hosts and both protocols, and the oldest are closed first', async () => {
    using server = await receiver();
    using sender = poster();
    const hosts = Array.from({ length: 200 }, (_, index) => `http://h${index}.localhost:${server.port}/`);

    for (const url of hosts) await sender.post(url);
    await vi.waitFor(() => expect(server.open()).toBeLessThanOrEqual(64));
    expect(server.open()).toBeGreaterThan(32);

    for (const url of hosts.slice(-32)) await sender.post(url);
    expect(server.connections()).toBe(200);
    await sender.post(hosts[0] ?? '');
    expect(server.connections()).toBe(201);
  });

  it('idle connections of a burst are bounded, and a burst of a thousand requests makes at most 256 at once', async () => {
    let mostOpen = 0;
    using server = await receiver('127.0.0.1', 0, (_request, response) => {
      mostOpen = Math.max(mostOpen, server.open());
      setTimeout(() => response.end(), 5);
    });
    using sender = poster();

    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => sender.post(`http://h${index}.localhost:${server.port}/`)),
    );

    expect(outcomes.filter(({ kind }) => kind !== 'accepted')).toEqual([]);
    expect(mostOpen).toBeLessThanOrEqual(256 + 64);
    await vi.waitFor(() => expect(server.open()).toBeLessThanOrEqual(64));
  });

  it('a request that waits for a connection for its whole time limit is a fault of our own', async () => {
    using server = await receiver('127.0.0.1', 0, () => undefined);
    const sender = httpSender(settings, names(['127.0.0.1']));
    const post = (index: number, timeout: number) =>
      sender.post({
        url: `http://h${index}.localhost:${server.port}/`,
        headers: {},
        body,
        timeout: millis(timeout),
      });
    const busy = Array.from({ length: 256 }, (_, index) => post(index, 2_000));

    await expect(post(256, 200)).rejects.toMatchObject({ name: 'OwnFaultError', code: 'EBUSY' });
    expect((await Promise.all(busy)).every(({ kind }) => kind === 'unreachable')).toBe(true);
    sender.close();
  });
});
