import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import {
  generateSecret,
  liveSecrets,
  parseSecret,
  rotated,
  seal,
  unseal,
  verifierOf,
} from '../../lambdas/domain/endpoint-secret.ts';
import { asEndpointId, asEventId, asTenantId } from '../../lambdas/domain/ids.ts';
import { signatureHeaders } from '../../lambdas/domain/outgoing-signature.ts';
import { masterKey } from '../../lambdas/domain/sealed-text.ts';
import { parseKey } from '../../lambdas/domain/signature/key.ts';
import { later, seconds, toUnixSeconds, unixMillis } from '../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const owner = { tenant: asTenantId('acme'), id: asEndpointId('ep_1') };
const master = masterKey('a master secret of some length');

describe('an endpoint’s secret', () => {
  it('an endpoint’s secret is 32 random bytes that any Standard Webhooks library accepts', () => {
    const secret = generateSecret('v1');

    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(generateSecret('v1')).not.toBe(secret);
    expect(() => new Webhook(secret)).not.toThrow();
    expect(verifierOf(secret)).toBe(secret);
  });

  it('an endpoint’s secret of the kind v1a is a key pair, of which the receiver gets the public half', () => {
    const secret = generateSecret('v1a');
    const verifier = verifierOf(secret);

    expect(secret).toMatch(/^whsk_/);
    expect(verifier).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(parseKey(verifier, 'standard-webhooks')?.kind).toBe('ed25519');
    const key = parseSecret(secret);
    const headers = signatureHeaders(key ? [key] : [], {
      eventId: asEventId('e1'),
      timestamp: toUnixSeconds(now),
      body: Buffer.from('{}'),
    });
    expect(headers['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    expect(headers).not.toHaveProperty('X-Webhook-Signature');
  });

  it.each([
    '',
    'whsec_',
    'whsec_c2hvcnQ=',
    'whsec_!!!',
    `whsec_${'A'.repeat(88)}`,
    'whsk_AAAA',
    'whpk_AAAA',
    'secret',
  ])('an endpoint’s secret is not %j', (text) => {
    expect(parseSecret(text)).toBeUndefined();
  });

  const base64 = (length: number) => Buffer.alloc(length, 7).toString('base64');

  it('an endpoint’s secret has 24 to 64 bytes', () => {
    const lengths = [23, 24, 64, 65].filter((length) => parseSecret(`whsec_${base64(length)}`) !== undefined);

    expect(lengths).toEqual([24, 64]);
  });

  it('an endpoint’s secret of the kind v1a is a seed, also with the public half behind it', () => {
    const lengths = [31, 32, 33, 63, 64, 65].filter((length) => parseSecret(`whsk_${base64(length)}`));

    expect(lengths).toEqual([32, 64]);
    expect(verifierOf(`whsk_${base64(64)}`)).toBe(verifierOf(`whsk_${base64(32)}`));
    expect(parseSecret(`other_${base64(32)}`)).toBeUndefined();
  });

  it('an endpoint’s secret that cannot be read is shown as it is', () => {
    expect(verifierOf('!')).toBe('!');
  });

  it('an endpoint’s secret is stored with its kind', () => {
    expect(seal('whsec_whsk_', master, owner, now).kind).toBe('v1');
    expect(seal('whsk_x', master, owner, now).kind).toBe('v1a');
  });

  it('an endpoint’s secret can be opened with its own master secret, for its own endpoint, unchanged', () => {
    const sealed = seal('whsec_x', master, owner, now);

    expect(unseal(sealed, master, owner)).toBe('whsec_x');
    expect(JSON.stringify(sealed)).not.toContain('whsec_x');
    expect(seal('whsec_x', master, owner, now).sealed).not.toBe(sealed.sealed);
  });

  it('an endpoint’s secret cannot be opened with another master secret, for another endpoint or tenant, or changed', () => {
    const sealed = seal('whsec_x', master, owner, now);
    const bytes = Buffer.from(sealed.sealed, 'base64');
    const changes = [...bytes.keys()].map((at) => {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      return { ...sealed, sealed: changed.toString('base64') };
    });

    expect(() => unseal(sealed, masterKey('another'), owner)).toThrow();
    expect(() => unseal(sealed, master, { ...owner, id: asEndpointId('ep_2') })).toThrow();
    expect(() => unseal(sealed, master, { ...owner, tenant: asTenantId('other') })).toThrow();
    for (const changed of changes) expect(() => unseal(changed, master, owner)).toThrow();
    expect(() => unseal({ ...sealed, sealed: '' }, master, owner)).toThrow();
  });

  it('an endpoint’s secret names its master secret without the key', () => {
    expect(masterKey('a').name).not.toBe(masterKey('b').name);
    expect(master.bytes.toString()).not.toContain(master.name);
  });
});

describe('a rotation', () => {
  const first = seal('whsec_1', master, owner, now);
  const second = seal('whsec_2', master, owner, now);

  it('a rotation puts the new secret first, and lets the previous one sign until the overlap is over', () => {
    const secrets = rotated([first], second, seconds(3600), now);

    expect(secrets).toEqual([second, { ...first, endsAt: later(now, seconds(3600)) }]);
    expect(liveSecrets(secrets, later(now, seconds(3599)))).toHaveLength(2);
    expect(liveSecrets(secrets, later(now, seconds(3600)))).toEqual([second]);
  });

  it('a rotation without an overlap ends the previous secret at once', () => {
    expect(rotated([first], second, seconds(0), now)).toEqual([second]);
  });

  it('a rotation without an overlap also ends earlier secrets, since one of them may have leaked', () => {
    const ending = { ...first, endsAt: later(now, seconds(86_400)) };

    expect(rotated([second, ending], first, seconds(0), now)).toEqual([first]);
    expect(rotated([second, ending], first, seconds(60), now).map(({ endsAt }) => endsAt)).toEqual([
      undefined,
      later(now, seconds(60)),
      later(now, seconds(60)),
    ]);
  });

  it('a rotation does not extend a secret that is ending already', () => {
    const ending = { ...first, endsAt: later(now, seconds(10)) };

    expect(rotated([second, ending], first, seconds(3600), now)[2]).toEqual(ending);
    expect(rotated([second, ending], first, seconds(3600), later(now, seconds(10)))).toHaveLength(2);
  });
});
