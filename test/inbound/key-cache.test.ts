import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientCredentials, KeyResponse } from '../../lambdas/domain/provider/check.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { cachingKeys } from '../../lambdas/inbound/key-cache.ts';

const hour = 3_600_000;
const minute = 60_000;

/** A key server that counts its requests; keys named `no…` do not exist. Each source of a container keeps its own keys. */
function keyServer() {
  const state = {
    now: 1_000_000,
    isDown: false,
    gone: new Set<string>(),
    release: undefined as Promise<void> | undefined,
  };
  const asked: string[] = [];
  const calls = {
    roots: () => ['a root'],
    async fetchKey(url: URL, json?: object): Promise<KeyResponse> {
      asked.push(`${url.pathname}${json ? JSON.stringify(json) : ''}`);
      await state.release;
      if (state.isDown || url.pathname.startsWith('/down')) throw new Error('down');
      const isThere = !url.pathname.startsWith('/no') && !state.gone.has(url.pathname);
      return { isThere, text: url.pathname };
    },
    visit: async () => undefined,
  };
  const source = () => {
    const kept = cachingKeys(calls, () => unixMillis(state.now));
    return (path: string, json?: object, client?: ClientCredentials) =>
      kept.fetchKey(new URL(`https://keys.example.test${path}`), json, client);
  };
  return { state, asked, source, fetchKey: source(), roots: cachingKeys(calls, () => unixMillis(0)).roots };
}

describe('the keys of a source', () => {
  it('a key is fetched once, and again after an hour', async () => {
    const { state, asked, fetchKey, roots } = keyServer();

    expect(await fetchKey('/a')).toEqual({ isThere: true, text: '/a' });
    expect(await fetchKey('/a')).toEqual({ isThere: true, text: '/a' });
    expect(asked).toEqual(['/a']);
    state.now += hour;
    await fetchKey('/a');
    expect(asked).toEqual(['/a', '/a']);
    expect(roots()).toEqual(['a root']);
  });

  it('keys of one URL are cached for each application that fetches them', async () => {
    const { asked, fetchKey } = keyServer();
    const tokenUrl = new URL('https://keys.example.test/token');
    const client = (id: string) => ({ tokenUrl, id, secret: 's', scope: 'x' });

    await fetchKey('/a', undefined, client('one'));
    await fetchKey('/a', undefined, client('two'));
    await fetchKey('/a', undefined, client('two'));
    expect(asked).toEqual(['/a', '/a']);
  });

  it('keys of one URL are cached for each body that is posted', async () => {
    const { asked, fetchKey } = keyServer();

    await fetchKey('/a', { key_id: '1' });
    await fetchKey('/a', { key_id: '2' });
    expect(asked).toEqual(['/a{"key_id":"1"}', '/a{"key_id":"2"}']);
  });

  it('a missing key is fetched again after a minute', async () => {
    const { state, asked, fetchKey } = keyServer();

    await fetchKey('/no');
    await fetchKey('/no');
    expect(asked).toEqual(['/no']);
    state.now += minute;
    await fetchKey('/no');
    expect(asked).toEqual(['/no', '/no']);
  });

  it('an unknown key whose server failed is fetched again at once', async () => {
    const { asked, fetchKey } = keyServer();

    await expect(fetchKey('/down')).rejects.toThrow('down');
    await expect(fetchKey('/down')).rejects.toThrow('down');
    expect(asked).toEqual(['/down', '/down']);
  });

  it('concurrent callers share one fetch of a key', async () => {
    const { asked, fetchKey } = keyServer();

    expect(await Promise.all(Array.from({ length: 50 }, () => fetchKey('/a')))).toHaveLength(50);
    expect(asked).toEqual(['/a']);
  });

  it('the cached keys are bounded, and those in use stay', async () => {
    const { state, asked, fetchKey } = keyServer();
    await fetchKey('/used');
    for (let nth = 0; nth < 60; nth++) {
      state.now += 1000;
      await fetchKey(`/key-${nth}`);
      await fetchKey('/used');
    }
    expect(asked).toHaveLength(61);
    await fetchKey('/key-59');
    expect(asked).toHaveLength(61);
    await fetchKey('/key-0');
    expect(asked).toHaveLength(62);
  });
});

describe('a flood of made-up keys', () => {
  const flood = async (fetchKey: (path: string) => Promise<KeyResponse>, count: number, from = 0) => {
    const results = await Promise.allSettled(
      Array.from({ length: count }, (_, nth) => fetchKey(`/no-${from + nth}`)),
    );
    return results.filter(({ status }) => status === 'fulfilled').length;
  };

  it('a flood of made-up keys costs 20 requests at once, then one a second', async () => {
    const { state, asked, fetchKey } = keyServer();

    expect(await flood(fetchKey, 1000)).toBe(20);
    expect(asked).toHaveLength(20);
    for (let second = 0; second < 60; second++) {
      state.now += 1000;
      await flood(fetchKey, 50, 1000 + second * 50);
    }
    expect(asked).toHaveLength(80);
  });

  it('a flood of made-up keys costs no more if the server fails', async () => {
    const { state, asked, fetchKey } = keyServer();
    state.isDown = true;

    await flood(fetchKey, 1000);
    expect(asked).toHaveLength(20);
  });

  it('a flood at one source leaves the other sources their requests, and its own known keys', async () => {
    const { state, source } = keyServer();
    const [a, b] = [source(), source()];
    await a('/good');
    for (let round = 0; round < 120; round++) {
      state.now += minute;
      await flood(a, 200, round * 200);
      expect(await a('/good')).toMatchObject({ isThere: true });
      expect(await b(`/new-${round}`)).toMatchObject({ isThere: true });
    }
    await expect(a('/new')).rejects.toThrow('too many unknown keys');
    expect(await b('/new')).toMatchObject({ isThere: true });
  });

  it('a new key is fetched a second after a flood has ended', async () => {
    const { state, fetchKey } = keyServer();
    await flood(fetchKey, 1000);

    await expect(fetchKey('/new')).rejects.toThrow('too many unknown keys');
    state.now += 1000;
    expect(await fetchKey('/new')).toMatchObject({ isThere: true });
  });

  it('a flood never costs more than its rate, for any keys at any times', async () => {
    const step = fc.record({ pauseMs: fc.nat(5000), name: fc.nat(400), isGood: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps) => {
        const { state, asked, fetchKey } = keyServer();
        const start = state.now;
        for (const { pauseMs, name, isGood } of steps) {
          state.now += pauseMs;
          await fetchKey(isGood ? `/good-${name % 3}` : `/no-${name}`).catch(() => undefined);
        }
        const made = asked.filter((path) => path.startsWith('/no')).length;
        expect(made).toBeLessThanOrEqual(20 + Math.ceil((state.now - start) / 1000));
      }),
    );
  });
});

describe('a key that was good once', () => {
  it('a known key verifies for a day while its server fails, which is asked once a minute', async () => {
    const { state, asked, fetchKey } = keyServer();
    await fetchKey('/a');
    state.isDown = true;
    state.now += hour;

    for (let request = 0; request < 100; request++)
      expect(await fetchKey('/a')).toEqual({ isThere: true, text: '/a' });
    expect(asked).toHaveLength(2);
    state.now += minute;
    await fetchKey('/a');
    expect(asked).toHaveLength(3);
    state.now += 23 * hour;
    await expect(fetchKey('/a')).rejects.toThrow('down');
    state.isDown = false;
    state.now += minute;
    expect(await fetchKey('/a')).toMatchObject({ isThere: true });
  });

  it('a known key is used by other callers while one fetches it again', async () => {
    const { state, asked, fetchKey } = keyServer();
    await fetchKey('/a');
    state.now += hour;
    const answered = Promise.withResolvers<void>();
    state.release = answered.promise;
    const first = fetchKey('/a');

    expect(await fetchKey('/a')).toMatchObject({ isThere: true });
    expect(asked).toHaveLength(2);
    answered.resolve();
    expect(await first).toMatchObject({ isThere: true });
  });

  it('a known key verifies no more when its server says that it is gone', async () => {
    const { state, fetchKey } = keyServer();
    await fetchKey('/a');
    state.gone.add('/a');
    state.now += hour;

    expect(await fetchKey('/a')).toMatchObject({ isThere: false });
    expect(await fetchKey('/a')).toMatchObject({ isThere: false });
  });
});
