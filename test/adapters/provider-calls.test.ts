import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { getCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { providerCalls } from '../../lambdas/adapters/provider-calls.ts';

const answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/key': (_request, response) => response.end('a key: \xe9'),
  '/echo': async (request, response) =>
    response.end(`${request.method} ${request.headers['content-type']} ${await text(request)}`),
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

it('reads a key, byte for byte', async () => {
  expect(await calls.fetchKey(at('/key'))).toEqual({ isThere: true, text: 'a key: Ã©' });
});

it('posts what the server asks for', async () => {
  const { text } = await calls.fetchKey(at('/echo'), { key_id: '1' });

  expect(text).toBe('POST application/json {"key_id":"1"}');
});

it.each(['/missing', '/refused'])(
  'tells a key that is not there from a server that fails: %s',
  async (path) => {
    expect(await calls.fetchKey(at(path))).toMatchObject({ isThere: false });
  },
);

it.each(['/busy', '/broken', '/moved', '/flood', '/hang'])(
  'throws for %s, in time for an answer',
  async (path) => {
    const startedAt = performance.now();

    await expect(calls.fetchKey(at(path))).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  },
);

it('visits, and throws unless the answer is a 2xx', async () => {
  await expect(calls.visit(at('/key'))).resolves.toBeUndefined();
  await expect(calls.visit(at('/missing'))).rejects.toThrow('answered 404');
});

it('trusts what Node trusts', () => {
  expect(calls.roots).toEqual(getCACertificates('default'));
});
