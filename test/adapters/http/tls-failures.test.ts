import { createServer, getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { httpServer, httpsServer, rawServer } from '../../support/worlds/local-server.ts';
import certificates from './support/certificates.json' with { type: 'json' };

const settings = { localEndpoints: true, allowedPorts: [443], connectTimeout: millis(5_000) };
const post = async (url: string) => {
  const sender = httpSender(settings);
  try {
    return await sender.post({ url, headers: {}, body: Buffer.from('{}'), timeout: millis(5_000) });
  } finally {
    sender.close();
  }
};

/** Responds 200 over TLS, if the handshake succeeds. */
async function tlsServer(options: TlsOptions) {
  const server = createServer(options, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `https://localhost:${typeof address === 'object' ? address?.port : 0}/hooks`,
    [Symbol.dispose]: () => void server.close(),
  };
}

const unreachable = (error: string | RegExp) => ({
  kind: 'unreachable',
  cause: 'tls',
  phase: 'tls',
  error: typeof error === 'string' ? error : expect.stringMatching(error),
});

describe('a certificate', () => {
  const trusted = getCACertificates('default');
  beforeAll(() =>
    setDefaultCACertificates([...trusted, certificates.authority.cert, certificates.otherName.cert]),
  );
  afterAll(() => setDefaultCACertificates(trusted));

  it.each([
    ['expired', 'certificate expired on 2026-01-02 (CERT_HAS_EXPIRED): renew the certificate'],
    [
      'notYetValid',
      'certificate is not valid before 2100-01-01 (CERT_NOT_YET_VALID): use one that is valid today',
    ],
    ['localhost', 'certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT): use one of a public authority'],
    [
      'ofIntermediate',
      'certificate chain is incomplete (UNABLE_TO_VERIFY_LEAF_SIGNATURE): send the intermediate certificates',
    ],
    [
      'otherName',
      'certificate is for other.example, not localhost (ERR_TLS_CERT_ALTNAME_INVALID): use one that names the host',
    ],
  ] as const)('that is %s is told so', async (name, error) => {
    using server = await httpsServer(certificates[name], (_request, response) => response.end('ok'));

    expect(await post(server.url.replace('127.0.0.1', 'localhost'))).toEqual(unreachable(error));
  });

  it('a certificate of an authority that is not public is described as such', async () => {
    const { key, cert } = certificates.ofIntermediate;
    setDefaultCACertificates(trusted);
    using server = await tlsServer({
      key,
      cert: cert + certificates.intermediate.cert + certificates.authority.cert,
    });
    const outcome = await post(server.url);
    setDefaultCACertificates([...trusted, certificates.authority.cert, certificates.otherName.cert]);

    expect(outcome).toEqual(
      unreachable(/^certificate was issued by an authority that is not public \(SELF_SIGNED_CERT_IN_CHAIN\)/),
    );
  });

  it('a certificate with its intermediate is accepted', async () => {
    const { key, cert } = certificates.ofIntermediate;
    using server = await tlsServer({ key, cert: cert + certificates.intermediate.cert });

    expect(await post(server.url)).toEqual({ kind: 'accepted', status: 200 });
  });
});

describe('a handshake', () => {
  it('a handshake with an old TLS version is described as such', async () => {
    using server = await tlsServer({
      ...certificates.localhost,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });

    expect(await post(server.url)).toEqual(
      unreachable(/^the server does not support TLS 1\.2 or 1\.3: enable one of them \(/),
    );
  });

  it('a handshake with a port for plain http is described as such', async () => {
    using server = await httpServer((_request, response) => response.end('ok'));

    expect(await post(server.url.replace('http:', 'https:'))).toEqual(
      unreachable(/^the port does not speak TLS: is it a plain http port\? \(/),
    );
  });

  it('a handshake that ends early is described as such', async () => {
    using server = await rawServer((socket) => socket.end());

    expect(await post(server.url.replace('http:', 'https:'))).toEqual({
      kind: 'unreachable',
      cause: 'network',
      phase: 'tls',
      error:
        'connection closed during the TLS handshake: does the port serve https, and this host? (ECONNRESET)',
    });
  });

  it('a handshake without a common cipher is described as such', async () => {
    using server = await tlsServer({
      ...certificates.localhost,
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-RSA-AES128-GCM-SHA256',
    });

    expect(await post(server.url)).toEqual(unreachable(/^no cipher suite in common: .* \(/));
  });
});

describe('a client certificate that the server wants', () => {
  const trusted = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([...trusted, certificates.authority.cert]));
  afterAll(() => setDefaultCACertificates(trusted));

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'a server that requires a client certificate is described as such, by %s',
    async (version) => {
      const { key, cert } = certificates.ofIntermediate;
      using server = await tlsServer({
        key,
        cert: cert + certificates.intermediate.cert,
        ca: certificates.authority.cert,
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: version,
        maxVersion: version,
      });

      expect(await post(server.url)).toMatchObject({
        kind: 'unreachable',
        cause: expect.stringMatching(/^(tls|network)$/),
      });
    },
  );
});
