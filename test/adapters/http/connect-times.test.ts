import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import type { Resolve } from '../../../lambdas/adapters/http/name-resolver.ts';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { httpServer } from '../../support/worlds/local-server.ts';

const to =
  (...addresses: readonly string[]): Resolve =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

async function post(port: number, resolve: Resolve, connectTimeout = 5_000) {
  const sender = httpSender(
    { localEndpoints: true, allowedPorts: [443], connectTimeout: millis(connectTimeout) },
    resolve,
  );
  try {
    const url = `http://hooks.localhost:${port}/`;
    return await sender.post({ url, headers: {}, body: Buffer.from('{}'), timeout: millis(10_000) });
  } finally {
    sender.close();
  }
}

describe('an endpoint with several addresses', () => {
  it('an endpoint with several addresses is reached even if its handshake takes a second and its other address is dead', async () => {
    const worker = new Worker(new URL('./support/late-server.ts', import.meta.url), { workerData: 900 });
    const [port] = await once(worker, 'message');
    await pause(60);
    const queue = Array.from({ length: 6 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await pause(60);

    expect(await post(port, to('::1', '127.0.0.1'))).toMatchObject({ kind: 'accepted', status: 200 });

    for (const socket of queue) socket.destroy();
    await worker.terminate();
  });

  it('an endpoint with several addresses is reached by IPv4 if IPv6 does not work, in any order of the addresses', async () => {
    using server = await httpServer(
      (request, response) => void request.resume().on('end', () => response.end()),
    );

    expect(await post(server.port, to('::1', '127.0.0.1'))).toMatchObject({ kind: 'accepted' });
    expect(await post(server.port, to('127.0.0.1', '::1'))).toMatchObject({ kind: 'accepted' });
    // A machine without IPv6 says ENETUNREACH or EADDRNOTAVAIL at once.
    expect(await post(server.port, to('127.0.0.2', '127.0.0.3', '127.0.0.1'))).toMatchObject({
      kind: 'accepted',
    });
  });

  it.each([
    [1, 5_000],
    [2, 2_500],
    [4, 1_250],
    [40, 1_250],
  ])('an endpoint with %d addresses has a fair share of the time for each: %d ms', async (count, share) => {
    const connecting = vi.spyOn(Socket.prototype, 'connect');
    const addresses = Array.from({ length: count }, (_, index) => `127.0.1.${index + 1}`);

    await post(1, to(...addresses));

    const options: unknown = connecting.mock.calls.flat(2).find((option) => typeof option === 'object');
    connecting.mockRestore();
    expect(options).toMatchObject({ autoSelectFamily: true, autoSelectFamilyAttemptTimeout: share });
  });
});
