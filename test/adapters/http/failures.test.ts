import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { httpServer, httpsServer, rawServer } from '../../support/worlds/local-server.ts';
import certificates from './support/certificates.json' with { type: 'json' };

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

describe('an endpoint that does not respond', () => {
  it('an endpoint that hangs is a timeout', async () => {
    using server = await httpServer(() => undefined);

    expect(await post(server.url, { attemptTimeout: millis(500) })).toEqual({
      kind: 'unreachable',
      cause: 'timeout',
      phase: 'head',
      error: 'no response within 500 ms',
    });
  });

  it('an endpoint that sends its head too slowly is a timeout, however steadily it sends', async () => {
    using server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
      const timer = setInterval(() => socket.write('a'), 20);
      socket.on('close', () => clearInterval(timer));
    });

    // Without a deadline over the whole head it would never end.
    expect(await post(server.url, { attemptTimeout: millis(500) })).toMatchObject({
      kind: 'unreachable',
      cause: 'timeout',
    });
  });

  // A flood of interim responses ends the attempt, since it would keep a worker busy for its whole time.
  it('an endpoint that sends "100 Continue" for ever fails', async () => {
    using server = await rawServer((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 5);
      socket.on('close', () => clearInterval(timer));
    });

    expect(await post(server.url)).toMatchObject({ kind: 'unreachable', cause: 'protocol' });
  });

  it('an endpoint that never finishes its TLS handshake is a timeout of the connection', async () => {
    using server = await rawServer(() => undefined);

    expect(await post(server.url.replace('http:', 'https:'), { connectTimeout: millis(200) })).toMatchObject({
      kind: 'unreachable',
      cause: 'timeout',
      phase: 'tls',
      error: 'not connected within 200 ms',
    });
  });

  it('an endpoint that resets the connection is a network failure', async () => {
    using server = await rawServer((socket) => socket.resetAndDestroy());

    expect(await post(server.url)).toMatchObject({ kind: 'unreachable', cause: 'network' });
  });

  it('a resolver that fails is a failure of the name', async () => {
    const sender = httpSender(
      { ...settings, localEndpoints: false, connectTimeout: millis(100) },
      () => undefined,
    );
    const outcome = await sender.post({
      url: 'https://slow.example/',
      headers: {},
      body,
      timeout: millis(5_000),
    });
    sender.close();

    expect(outcome).toEqual({
      kind: 'unreachable',
      cause: 'dns',
      phase: 'dns',
      error: 'no DNS response for slow.example within 100 ms (ETIMEOUT)',
    });
  });

  it.each([
    ['one address', ['127.0.0.1']],
    ['several addresses', ['127.0.0.1', '127.0.0.2']],
  ])(
    'an attempt from %s to a port without a listener says so, without the address',
    async (_name, addresses) => {
      const server = await httpServer(() => undefined);
      server[Symbol.dispose]();
      const sender = httpSender({ ...settings, connectTimeout: millis(5_000) }, (_host, _options, callback) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        ),
      );
      const url = server.url.replace('127.0.0.1', 'localhost');
      const outcome = await sender.post({ url, headers: {}, body, timeout: millis(5_000) });
      sender.close();

      expect(outcome).toEqual({
        kind: 'unreachable',
        cause: 'network',
        phase: 'connect',
        error: 'connection refused: nothing listens on the port, or a firewall rejects it (ECONNREFUSED)',
      });
    },
  );

  it('a port without a listener is a network failure', async () => {
    const server = await httpServer(() => undefined);
    server[Symbol.dispose]();

    expect(await post(server.url)).toMatchObject({ kind: 'unreachable', cause: 'network' });
  });

  it('a name that does not exist is a failure of the name', async () => {
    const outcome = await post('https://does-not-exist.invalid/', {
      attemptTimeout: millis(5_000),
      connectTimeout: millis(5_000),
    });

    expect(outcome).toMatchObject({ kind: 'unreachable', cause: 'dns', phase: 'dns' });
  });

  it.each(['localhost', 'otherName'] as const)(
    'an endpoint with an untrusted certificate for %s fails',
    async (name) => {
      using server = await httpsServer(certificates[name], (_request, response) => response.end());

      expect(await post(server.url)).toMatchObject({ kind: 'unreachable', cause: 'tls' });
    },
  );
});

describe('a blocked destination', () => {
  it('a blocked literal address is refused before anything is sent', async () => {
    using server = await httpServer(() => {
      throw new Error('reached');
    });

    expect(await post(server.url, { localEndpoints: false })).toMatchObject({
      kind: 'blocked',
      isLiteral: true,
    });
  });

  it('a blocked address behind a name is refused after the name is resolved', async () => {
    let reached = false;
    using server = await httpsServer(certificates.localhost, () => {
      reached = true;
    });

    const outcome = await post(`https://localhost:${server.port}/`, {
      localEndpoints: false,
      allowedPorts: [server.port],
    });

    expect(outcome).toMatchObject({
      kind: 'blocked',
      isLiteral: false,
      error: 'localhost resolves to an address that is not public',
    });
    expect(reached).toBe(false);
  });
});

describe('over TLS with a certificate that is trusted', () => {
  const trusted = getCACertificates('default');
  beforeAll(() =>
    setDefaultCACertificates([...trusted, certificates.localhost.cert, certificates.otherName.cert]),
  );
  afterAll(() => setDefaultCACertificates(trusted));

  it('a request over TLS with a trusted certificate is made', async () => {
    using server = await httpsServer(certificates.localhost, (_request, response) => response.end('ok'));

    expect(await post(server.url)).toEqual({ kind: 'accepted', status: 200, sample: 'ok' });
  });

  it('a request over TLS uses the name without a full stop at its end', async () => {
    const seen: (string | undefined)[] = [];
    using server = await httpsServer(certificates.localhost, ({ socket, headers }, response) => {
      seen.push(socket instanceof TLSSocket ? String(socket.servername) : undefined, headers.host);
      response.end();
    });

    expect(await post(`https://localhost.:${server.port}/`)).toMatchObject({ kind: 'accepted' });
    expect(seen).toEqual(['localhost', `localhost:${server.port}`]);
  });

  it('a request over TLS with a trusted certificate of another name is not made', async () => {
    using server = await httpsServer(certificates.otherName, (_request, response) => response.end('ok'));

    expect(await post(server.url)).toMatchObject({ kind: 'unreachable', cause: 'tls' });
  });
});
