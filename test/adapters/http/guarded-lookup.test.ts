import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHostname, type OnRefused } from '../../../lambdas/adapters/http/guarded-lookup.ts';
import type { Resolve } from '../../../lambdas/adapters/http/name-resolver.ts';
import { httpSender } from '../../../lambdas/adapters/http/sender.ts';
import { parseRefusedRanges } from '../../../lambdas/domain/refused-ranges.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import destinations from '../../ssrf/destinations.json' with { type: 'json' };

/** A resolver that answers each query with the next of these. */
function resolver(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _options, callback) => {
    asked.push(hostname);
    const addresses = answers[Math.min(asked.length, answers.length) - 1] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { asked, resolve };
}

/** A private server that must not be reached; it counts its connections. */
const visits = { count: 0 };
const server = createServer((socket) => {
  visits.count++;
  socket.destroy();
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());
const portOf = (): number => {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
};

async function post(resolve: Resolve, onRefused?: OnRefused, ranges = '') {
  const refusedRanges = parseRefusedRanges(ranges);
  const rules = {
    localEndpoints: false,
    allowedPorts: [portOf()],
    connectTimeout: millis(300),
    refusedRanges,
  };
  const sender = httpSender(rules, resolve, onRefused);
  try {
    return await sender.post({
      url: `https://rebind.example:${portOf()}/`,
      headers: {},
      body: Buffer.from('{}'),
      timeout: millis(400),
    });
  } finally {
    sender.close();
  }
}

describe('a connection to a name', () => {
  it.each(destinations.otherAddresses)(
    'a connection to a name is refused when it resolves to %s',
    async (address) => {
      expect(await post(resolver([address]).resolve)).toMatchObject({ kind: 'blocked', isLiteral: false });
    },
  );

  it('a connection to a name is refused when it resolves to a public address of the own network', async () => {
    const refused: string[] = [];
    const answer = resolver(['93.184.216.34', '8.8.8.8']).resolve;
    const outcome = await post(answer, (_hostname, reason) => refused.push(reason), '8.8.0.0/16');

    expect(outcome).toMatchObject({ kind: 'blocked', isLiteral: false });
    expect(refused).toEqual(['8.8.8.8 is not a public address (of our own network)']);
  });

  it('a connection to a name is refused when one of several addresses is private', async () => {
    expect(await post(resolver(['93.184.216.34', '127.0.0.1']).resolve)).toMatchObject({ kind: 'blocked' });
  });

  it('a connection to a name uses the checked address, even if the name resolves differently afterwards', async () => {
    const rebinding = resolver(['192.88.99.1', '93.184.216.34'], ['127.0.0.1']);
    const public_ = resolver(['93.184.216.34'], ['127.0.0.1']);

    expect(await post(rebinding.resolve)).toMatchObject({ kind: 'blocked' });
    const outcome = await post(public_.resolve);

    expect(outcome.kind).toBe('unreachable');
    expect(public_.asked).toEqual(['rebind.example']);
    expect(visits.count).toBe(0);
  });

  it('a connection to a name is checked again each time', async () => {
    const { resolve } = resolver(['93.184.216.34'], ['127.0.0.1']);
    await post(resolve);

    expect(await post(resolve)).toMatchObject({
      kind: 'blocked',
      // The tenant may read an attempt's error, but not the address.
      error: 'rebind.example resolves to an address that is not public',
    });
    expect(visits.count).toBe(0);
  });
});

describe('a private address', () => {
  it('a private address is logged for operators, and is not in any outcome', async () => {
    const told: string[][] = [];
    const { resolve } = resolver(['93.184.216.34', '10.11.12.13']);

    const outcome = await post(resolve, (...refused) => told.push(refused));
    const refusal = await checkHostname('rebind.example', resolve, (...refused) => told.push(refused));

    expect(JSON.stringify([outcome, refusal])).not.toContain('10.11.12.13');
    expect(told).toEqual(Array(2).fill(['rebind.example', '10.11.12.13 is not a public address (private)']));
  });
});

describe('a resolver that never answers', () => {
  it('a resolver that never responds costs a connection its own time limit, and a registration two seconds', async () => {
    expect(await post(() => undefined)).toEqual({
      kind: 'unreachable',
      cause: 'dns',
      phase: 'dns',
      error: 'no DNS response for rebind.example within 300 ms (ETIMEOUT)',
    });
    expect(await checkHostname('rebind.example', () => undefined)).toBeUndefined();
  });

  it.each(['ENOTFOUND', 'ESERVFAIL', 'EAI_AGAIN'])(
    'a resolver that fails with %s passes on the code',
    async (code) => {
      const broken: Resolve = (_name, _options, callback) =>
        callback(Object.assign(new Error('failed'), { code }), []);

      expect(await post(broken)).toMatchObject({
        kind: 'unreachable',
        cause: 'dns',
        error: expect.stringContaining(`(${code})`),
      });
    },
  );
});

describe('a name that is registered', () => {
  it.each(destinations.otherAddresses)(
    'a registered name is refused when it resolves to %s',
    async (address) => {
      const { resolve } = resolver(['93.184.216.34', address]);

      expect(await checkHostname('rebind.example', resolve)).toBe(
        'rebind.example resolves to an address that is not public',
      );
    },
  );

  it('a registered name is accepted if all its addresses are public, or if it has none yet', async () => {
    expect(
      await checkHostname('good.example', resolver(destinations.publicAddresses).resolve),
    ).toBeUndefined();
    expect(await checkHostname('new.example', resolver([]).resolve)).toBeUndefined();
    const broken: Resolve = (_name, _options, callback) => callback(new Error('SERVFAIL'), []);
    expect(await checkHostname('new.example', broken)).toBeUndefined();
  });
});
