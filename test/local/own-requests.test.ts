import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startFlakyEndpoint } from '../../local/demo/flaky-endpoint.ts';
import { ownServer } from '../../local/own-requests.ts';
import { serveMetrics } from '../../local/prometheus.ts';
import { filesIn } from './support/files-in.ts';
import { foreign, send, sendBytes } from './support/raw-request.ts';

async function metricsUrl(): Promise<string> {
  const server = await serveMetrics(new Registry(), 0);
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function demoUrl(): Promise<string> {
  const endpoint = await startFlakyEndpoint([200], () => undefined);
  onTestFinished(endpoint.stop);
  return endpoint.url;
}

describe.each([
  ['the metrics', metricsUrl, '/metrics'],
  ['the endpoint of the demo', demoUrl, '/hooks'],
])('%s', (_what, start, path) => {
  test.each(foreign)('a server of the laptop’s tools refuses a web page: %s', async (_case, headers) => {
    const server = await start();

    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await send(server, { method, path, headers });
      expect(answer.status).toBe(403);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('a server of the laptop’s tools serves programs', async () => {
    const server = await start();

    const asked: Readonly<Record<string, string>>[] = [
      {},
      { host: 'localhost:9464' },
      { host: 'LOCALHOST' },
      { host: '[::1]:9464' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of asked) expect(await send(server, { path, headers })).toMatchObject({ status: 200 });
  });

  test.each([
    ['HTTP/1.0', ''],
    ['HTTP/1.1', 'host:\r\n'],
  ])('a server of the laptop’s tools refuses a request of %s without a name', async (version, headers) => {
    const server = await start();

    expect(await sendBytes(server, `GET ${path} ${version}\r\n${headers}\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

test('a web page opens no web socket', async () => {
  const server = ownServer((_request, response) => void response.end()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const answer = await sendBytes(
    url,
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );

  expect(answer).not.toMatch(/^HTTP\/1\.1 (101|200)/);
});

test('every HTTP server of the laptop’s tools has this check', () => {
  const made = filesIn('bin', 'cli', 'client', 'tools', 'local')
    .filter(({ text }) => /\bcreateServer\b/.test(text) && /from 'node:(http|https|http2)'/.test(text))
    .map(({ file }) => file);

  expect(made).toEqual(['local/own-requests.ts']);
});
