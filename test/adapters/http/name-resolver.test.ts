import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { describe, expect, it } from 'vitest';
import { nameResolver, type Resolve } from '../../../lambdas/adapters/http/name-resolver.ts';
import { type DnsReply, dnsServer } from '../../support/worlds/dns-server.ts';

const v4 = { addresses: ['93.184.216.34'] };
const v6 = { addresses: ['2606:4700:4700::1111'] };
const none: DnsReply = { addresses: [] };

const asking =
  (resolve: Resolve, within = 2_000) =>
  (name: string): Promise<readonly string[]> =>
    new Promise((done, fail) =>
      resolve(name, { all: true, within }, (error: Error | null, found: LookupAddress[]) =>
        error ? fail(error) : done(found.map(({ address }) => address)),
      ),
    );

/** One name with these answers to its two queries. */
async function answered(a: DnsReply, aaaa: DnsReply, within?: number) {
  using server = await dnsServer(({ type }) => (type === 'A' ? a : aaaa));
  return await asking(nameResolver([server.address]), within)('acme.example');
}

describe('a name', () => {
  it.each([
    ['both families', v4, v6, ['93.184.216.34', '2606:4700:4700::1111']],
    ['IPv4 alone', v4, none, ['93.184.216.34']],
    ['IPv6 alone', none, v6, ['2606:4700:4700::1111']],
    ['IPv4, while the other family does not exist', v4, 'nxdomain', ['93.184.216.34']],
    ['IPv4, while the other family fails', v4, 'servfail', ['93.184.216.34']],
    ['IPv4, while the other family is refused', v4, 'refused', ['93.184.216.34']],
    ['IPv4, while the other family is silent', v4, 'silent', ['93.184.216.34']],
    ['IPv6, while the other family is silent', 'silent', v6, ['2606:4700:4700::1111']],
    ['IPv4 that is slower than IPv6', { ...v4, afterMs: 300 }, v6, ['93.184.216.34', '2606:4700:4700::1111']],
    ['an alias', { ...v4, cname: 'edge.example' }, none, ['93.184.216.34']],
    ['several addresses', { addresses: ['1.1.1.1', '1.0.0.1'] }, none, ['1.1.1.1', '1.0.0.1']],
  ] as const)('resolves by %s', async (_what, a, aaaa, expected) => {
    expect(await answered(a, aaaa)).toEqual(expected);
  });

  it.each([
    ['does not exist', 'nxdomain', 'nxdomain', 'ENOTFOUND', 'dns: acme.example does not exist (ENOTFOUND)'],
    ['has neither family', none, none, 'ENODATA', 'has no address'],
    ['is an alias of nothing', { addresses: [], cname: 'edge.example' }, none, 'ENODATA', 'has no address'],
    ['is not served', 'servfail', 'servfail', 'ESERVFAIL', 'its name servers return SERVFAIL'],
    ['is refused', 'refused', 'refused', 'EREFUSED', 'its name servers return REFUSED'],
    ['is answered in part', none, 'servfail', 'ESERVFAIL', 'SERVFAIL'],
    [
      'is never answered',
      'silent',
      'silent',
      'ETIMEOUT',
      'dns: no DNS response for acme.example within 300 ms',
    ],
    ['is half silent, half unknown', 'nxdomain', 'silent', 'ETIMEOUT', 'within 300 ms'],
  ] as const)('that %s fails with its code and phase', async (_what, a, aaaa, code, words) => {
    await expect(answered(a, aaaa, 300)).rejects.toMatchObject({
      name: 'NameLookupError',
      code,
      message: expect.stringContaining(words),
    });
  });

  it('a name that cannot be queried without a name server is a fault of our own', async () => {
    await expect(asking(nameResolver(['127.0.0.1:1']))('acme.example')).rejects.toMatchObject({
      name: 'OwnFaultError',
      code: 'ECONNREFUSED',
    });
  });

  it.each(['a..b', `${'x'.repeat(64)}.example`])('a name that is invalid fails: %s', async (name) => {
    await expect(asking(nameResolver(['127.0.0.1:1']))(name)).rejects.toMatchObject({ code: 'EBADNAME' });
  });

  it('a name of this machine is never queried', async () => {
    using server = await dnsServer(() => v4);
    const ask = asking(nameResolver([server.address]));

    for (const name of ['localhost', 'hooks.localhost', 'LOCALHOST', 'localhost.'])
      expect(await ask(name)).toEqual(['127.0.0.1', '::1']);
    expect(server.asked).toEqual([]);
  });

  it('a name is queried as it is, without search domains', async () => {
    using server = await dnsServer(() => 'nxdomain');

    await expect(asking(nameResolver([server.address]))('intranet.')).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
    expect(new Set(server.asked.map(({ name }) => name))).toEqual(new Set(['intranet']));
  });
});

const replies: Readonly<Record<string, DnsReply>> = {
  found: { addresses: ['93.184.216.34', '2606:4700:4700::1111'] },
  late: { addresses: ['93.184.216.34', '2606:4700:4700::1111'], afterMs: 150 },
  none,
  nxdomain: 'nxdomain',
  servfail: 'servfail',
  refused: 'refused',
  silent: 'silent',
};

describe('the two address families', () => {
  it('a name resolves if one address family has an address, and otherwise fails without affecting others', async () => {
    using server = await dnsServer(({ name, type }) => {
      const [a = '', aaaa = ''] = name.split('.');
      return replies[type === 'A' ? a : aaaa] ?? 'silent';
    });
    const ask = asking(nameResolver([server.address]), 1_000);
    const kinds = Object.keys(replies);
    const pairs = kinds.flatMap((a) => kinds.map((aaaa) => [a, aaaa] as const));
    const has = (kind: string) => kind === 'found' || kind === 'late';

    const results = await Promise.allSettled(pairs.map(([a, aaaa]) => ask(`${a}.${aaaa}.example`)));

    for (const [index, [a, aaaa]] of pairs.entries()) {
      const result = results[index];
      expect(result?.status, `${a} ${aaaa}`).toBe(has(a) || has(aaaa) ? 'fulfilled' : 'rejected');
      if (result?.status === 'rejected') expect(result.reason.name).toBe('NameLookupError');
      else if (has(a)) expect(result?.value[0], `${a} ${aaaa}`).toBe('93.184.216.34');
    }
  });
});

describe('queries', () => {
  it('queries for one name at the same time are merged; later ones are repeated', async () => {
    using server = await dnsServer(() => ({ ...v4, afterMs: 30 }));
    const ask = asking(nameResolver([server.address]));

    await Promise.all(Array.from({ length: 20 }, () => ask('acme.example')));
    expect(server.asked.filter(({ type }) => type === 'A')).toHaveLength(1);
    await ask('acme.example');
    expect(server.asked.filter(({ type }) => type === 'A')).toHaveLength(2);
  });

  it('queries that some callers give up are not lost for those that wait longer', async () => {
    using server = await dnsServer(() => ({ ...v4, afterMs: 300 }));
    const resolve = nameResolver([server.address]);

    const impatient = expect(asking(resolve, 50)('acme.example')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    const patient = asking(resolve)('acme.example');

    await impatient;
    expect(await patient).toEqual(['93.184.216.34']);
  });

  it('queries are cancelled when no caller waits for them any more', async () => {
    using server = await dnsServer(() => 'silent');

    await expect(asking(nameResolver([server.address]), 200)('acme.example')).rejects.toThrow(
      'within 200 ms',
    );
    const asked = server.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 1_200));

    expect(server.asked).toHaveLength(asked);
  });

  it('queries that get no response delay neither other names nor dns.lookup, in any number', async () => {
    using server = await dnsServer(({ name }) => (name.startsWith('hangs') ? 'silent' : v4));
    const ask = asking(nameResolver([server.address]), 3_000);
    let ended = 0;
    const hanging = Array.from({ length: 100 }, (_, index) =>
      ask(`hangs-${index}.example`).catch(() => void ended++),
    );

    expect(await ask('healthy.example')).toEqual(['93.184.216.34']);
    await lookup('localhost');

    expect(ended).toBe(0);
    await Promise.all(hanging);
  });
});
