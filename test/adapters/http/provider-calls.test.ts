import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { getCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { providerCalls } from '../../../lambdas/adapters/http/provider-calls.ts';

/** Requests for tokens, and the tokens of requests for keys. */
const seen: string[] = [];
const answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/key': (_request, response) => response.end('a key: \xe9'),
  '/echo': async (request, response) =>
    response.end(`${request.method} ${request.headers['content-type']} ${await text(request)}`),
  '/token': async (request, response) => {
    seen.push(`${request.headers.authorization} ${await text(request)}`);
    const isRight = request.headers.authorization === `Basic ${Buffer.from('id:secret').toString('base64')}`;
    response.writeHead(isRight ? 200 : 401).end('{"access_token":"t1","expires_in":7200}');
  },
  '/short-token': (_request, response) => {
    seen.push('short');
    response.end('{"access_token":"t1","expires_in":60}');
  },
  '/no-token': (_request, response) => response.end('{"token_type":"none"}'),
  '/own-key': (request, response) => {
    seen.push(`key for ${request.headers.authorization}`);
    response.writeHead(request.headers.authorization === 'Bearer t1' ? 200 : 401).end('a key');
  },
  '/no-longer': (_request, response) => response.writeHead(401).end('{}'),
  '/missing': (_request, response) => response.writeHead(404).end('no such key'),
  '/refused': (_request, response) => response.writeHead(400).end('{"error_code":"INVALID_API_KEYS"}'),
  '/busy': (_request, response) => response.writeHead(429).end(),
  '/broken': (_request, response) => response.writeHead(503).end(),
  '/moved': (_request, response) => response.writeHead(302, { location: '/key' }).end(),
  '/flood': (_request, response) => response.end('x'.repeat(70_000)),
  '/hang': () => undefined,
};
const server = createServer((request, response) => answers[request.url ?? '']?.(request, response));
const calls = providerCalls();
const at = (path: string): URL => {
  const address = server.address();
  return new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}${path}`);
};

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a provider call reads a key, byte for byte', async () => {
  expect(await calls.fetchKey(at('/key'))).toEqual({ isThere: true, text: 'a key: Ã©' });
});

it('a provider call posts the JSON that the server needs', async () => {
  const { text } = await calls.fetchKey(at('/echo'), { key_id: '1' });

  expect(text).toBe('POST application/json {"key_id":"1"}');
});

it.each(['/missing', '/refused'])('a missing key is different from a failing server: %s', async (path) => {
  expect(await calls.fetchKey(at(path))).toMatchObject({ isThere: false });
});

it.each(['/busy', '/broken', '/moved', '/flood', '/hang'])(
  'a provider call throws for %s, in time for a response',
  async (path) => {
    const startedAt = performance.now();

    await expect(calls.fetchKey(at(path))).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  },
);

it('a provider call visits a URL, and throws unless the status is 2xx', async () => {
  await expect(calls.visit(at('/key'))).resolves.toBeUndefined();
  await expect(calls.visit(at('/missing'))).rejects.toThrow('answered 404');
});

it('a provider call trusts the same certificates as Node', () => {
  expect(calls.roots()).toEqual(getCACertificates('default'));
});

describe('a key that only applications are shown', () => {
  const client = (tokenPath = '/token', secret = 'secret') => ({
    tokenUrl: at(tokenPath),
    id: 'id',
    secret,
    scope: 'https://api.example.test/scope',
  });
  beforeEach(() => {
    seen.length = 0;
  });

  it('a key for registered applications is requested with a token, which is cached', async () => {
    const own = providerCalls();

    expect(await own.fetchKey(at('/own-key'), undefined, client())).toEqual({ isThere: true, text: 'a key' });
    await own.fetchKey(at('/own-key'), undefined, client());
    expect(seen).toEqual([
      'Basic aWQ6c2VjcmV0 grant_type=client_credentials&scope=https%3A%2F%2Fapi.example.test%2Fscope',
      'key for Bearer t1',
      'key for Bearer t1',
    ]);
  });

  it('a key for registered applications is requested with a new token shortly before the old one ends', async () => {
    const own = providerCalls();

    await own.fetchKey(at('/own-key'), undefined, client('/short-token'));
    await own.fetchKey(at('/own-key'), undefined, client('/short-token'));
    expect(seen.filter((call) => call === 'short')).toHaveLength(2);
  });

  it('a key is not missing when the token is rejected: the next request gets a new token', async () => {
    const own = providerCalls();

    await own.fetchKey(at('/own-key'), undefined, client());
    await expect(own.fetchKey(at('/no-longer'), undefined, client())).rejects.toThrow(
      'rejected the access token',
    );
    await own.fetchKey(at('/own-key'), undefined, client());
    expect(seen.filter((call) => call.startsWith('Basic'))).toHaveLength(2);
  });

  it('wrong credentials are an error that says what to do, without a secret', async () => {
    const failure = providerCalls().fetchKey(at('/own-key'), undefined, client('/token', 'wr0ng'));

    await expect(failure).rejects.toThrow(/rejected the credentials: set the source's secret again/);
    await expect(failure).rejects.not.toThrow(/wr0ng/);
  });

  it.each(['/no-token', '/broken', '/busy', '/moved', '/flood'])(
    'a provider call throws for a token server that responds as %s',
    async (path) => {
      await expect(providerCalls().fetchKey(at('/own-key'), undefined, client(path))).rejects.toThrow();
    },
  );

  it('a provider call requests a separate token for other credentials', async () => {
    const own = providerCalls();

    await own.fetchKey(at('/own-key'), undefined, client());
    await expect(own.fetchKey(at('/own-key'), undefined, client('/token', 'other'))).rejects.toThrow();
  });
});
