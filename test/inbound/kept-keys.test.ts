import { expect, it } from 'vitest';
import type { KeyAnswer } from '../../lambdas/domain/provider/check.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { keepingKeys } from '../../lambdas/inbound/kept-keys.ts';

/** A key server that counts its requests; keys named `no…` do not exist. */
function keyServer() {
  const clock = { now: 1_000_000 };
  const asked: string[] = [];
  const kept = keepingKeys(
    {
      roots: ['a root'],
      async fetchKey(url, json): Promise<KeyAnswer> {
        asked.push(`${url.pathname}${json ? JSON.stringify(json) : ''}`);
        if (url.pathname.startsWith('/down')) throw new Error('down');
        return { isThere: !url.pathname.startsWith('/no'), text: url.pathname };
      },
      visit: async () => undefined,
    },
    () => unixMillis(clock.now),
  );
  const fetchKey = (path: string, json?: object) =>
    kept.fetchKey(new URL(`https://keys.example.test${path}`), json);
  return { clock, asked, fetchKey, roots: kept.roots };
}

it('asks once for a key, and again after an hour', async () => {
  const { clock, asked, fetchKey, roots } = keyServer();

  expect(await fetchKey('/a')).toEqual({ isThere: true, text: '/a' });
  expect(await fetchKey('/a')).toEqual({ isThere: true, text: '/a' });
  expect(asked).toEqual(['/a']);
  clock.now += 3_600_000;
  await fetchKey('/a');
  expect(asked).toEqual(['/a', '/a']);
  expect(roots).toEqual(['a root']);
});

it('tells keys of one URL apart by what is posted', async () => {
  const { asked, fetchKey } = keyServer();

  await fetchKey('/a', { key_id: '1' });
  await fetchKey('/a', { key_id: '2' });
  expect(asked).toEqual(['/a{"key_id":"1"}', '/a{"key_id":"2"}']);
});

it('asks again for a key that was not there after a minute', async () => {
  const { clock, asked, fetchKey } = keyServer();

  await fetchKey('/no');
  await fetchKey('/no');
  expect(asked).toEqual(['/no']);
  clock.now += 60_000;
  await fetchKey('/no');
  expect(asked).toEqual(['/no', '/no']);
});

it('spares the server of a caller who makes keys up, and still knows the real ones', async () => {
  const { clock, asked, fetchKey } = keyServer();
  await fetchKey('/a');
  for (let nth = 0; nth < 10; nth++) await fetchKey(`/no-${nth}`);

  await expect(fetchKey('/no-10')).rejects.toThrow('too many keys that do not exist');
  expect(await fetchKey('/a')).toMatchObject({ isThere: true });
  expect(asked).toHaveLength(11);
  clock.now += 60_000;
  expect(await fetchKey('/no-10')).toMatchObject({ isThere: false });
});

it('keeps a bounded number of keys', async () => {
  const { asked, fetchKey } = keyServer();
  for (let nth = 0; nth < 60; nth++) await fetchKey(`/key-${nth}`);
  await fetchKey('/key-59');
  expect(asked).toHaveLength(60);
  await fetchKey('/key-0');
  expect(asked).toHaveLength(61);
});

it('forgets a failure at once', async () => {
  const { asked, fetchKey } = keyServer();

  await expect(fetchKey('/down')).rejects.toThrow('down');
  await expect(fetchKey('/down')).rejects.toThrow('down');
  expect(asked).toEqual(['/down', '/down']);
});
