import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../../../lambdas/domain/provider/secret.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { randomSecret } from '../../../local/secrets.ts';
import { sampleOf } from '../../../testing/samples/sample-of.ts';
import { rawRequestOf } from '../../../testing/signing/draft.ts';
import { signRequest } from '../../../testing/signing/sign-request.ts';
import { tampered } from '../../../testing/signing/tamper.ts';
import { memoryReceiver } from '../../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const url = 'https://hooks.example.test/webhooks/source';
const rows: [string, Provider][] = Object.entries(catalogue);

const ed25519 = generateKeyPairSync('ed25519');
const ecdsa = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const verificationKey = (pair: typeof ecdsa) =>
  pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
/** Secrets that no random text is. */
const secrets: Readonly<Record<string, string>> = {
  asana: 'c'.repeat(64),
  notion: 'secret_0123456789',
  box: '{"primary":"one","secondary":"two"}',
  meta: '{"appSecret":"one","verifyToken":"two"}',
  strava: '{"verifyToken":"two","subscriptionId":"120475"}',
  discord: ed25519.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'),
  sendgrid: verificationKey(ecdsa),
  telnyx: ed25519.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
};
const otherSecrets: Readonly<Record<string, string>> = {
  asana: 'd'.repeat(64),
  notion: 'secret_9876543210',
  box: '{"primary":"three","secondary":"four"}',
  meta: '{"appSecret":"three","verifyToken":"two"}',
  strava: '{"verifyToken":"two","subscriptionId":"120476"}',
  discord: 'ab'.repeat(32),
  sendgrid: verificationKey(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  telnyx: 'ab'.repeat(32),
};
const privateKeys = {
  discord: ed25519.privateKey,
  sendgrid: ecdsa.privateKey,
  telnyx: ed25519.privateKey,
} as const;
const onlyTheProvider = new Set(['sns', 'paypal', 'ebay', 'plaid']);

function signed(name: string, provider: Provider, secret: string) {
  const key = parseSecretValue(secret, provider.secret)?.keys[0]?.key;
  if (key === undefined) throw new Error(`no secret of ${name}`);
  const at = unixMillis(now * 1000);
  const signing = { key, at, messageId: 'msg-1', privateKey: Reflect.get(privateKeys, name) };
  return signRequest(name, provider, sampleOf(name, url, at), signing);
}

describe.each(rows.filter(([name]) => !onlyTheProvider.has(name)))('a sample of %s', (name, provider) => {
  const secret = secrets[name] ?? randomSecret(name) ?? '';
  const stored = { current: { value: secret, createdAt: unixMillis(0) } };

  it('a sample is accepted as an event when it is signed with the source’s secret', async () => {
    const draft = signed(name, provider, secret);
    const receiver = memoryReceiver({ provider: name, publicUrl: url }, stored);

    const reception = await receiver.receive(rawRequestOf(draft), now);
    expect(reception).toMatchObject({ kind: 'accepted', events: [{ id: expect.any(String) }] });
    expect(reception.kind === 'accepted' && reception.events[0]?.type).not.toBe('unknown');
  });

  it('a sample is refused with another secret', async () => {
    const draft = signed(name, provider, secret);
    const other = otherSecrets[name] ?? randomSecret(name) ?? '';
    const receiver = memoryReceiver(
      { provider: name, publicUrl: url },
      { current: { value: other, createdAt: unixMillis(0) } },
    );

    expect(await receiver.receive(rawRequestOf(draft), now)).toMatchObject({ status: 401 });
  });
});

describe('one changed byte is refused', () => {
  const whole = rows.filter(([name]) => !onlyTheProvider.has(name));
  const cases = [...whole.map(([name]) => [name, secrets[name] ?? randomSecret(name) ?? ''] as const)];

  it.each([...cases, ['gitlab', 'a-token-of-its-own'] as const])(
    'one changed byte is refused by %s',
    async (name, secret) => {
      const provider = Object.fromEntries(rows)[name];
      const key = provider && parseSecretValue(secret, provider.secret)?.keys[0]?.key;
      if (provider === undefined || key === undefined) throw new Error(name);
      const draft = tampered(name, signed(name, provider, secret), key);
      const stored = { current: { value: secret, createdAt: unixMillis(0) } };
      const receiver = memoryReceiver({ provider: name, publicUrl: url }, stored);

      expect(await receiver.receive(rawRequestOf(draft), now)).toMatchObject({ status: 401 });
    },
  );
});

it.each([...onlyTheProvider])('the provider %s can only sign itself, and send says why', (name) => {
  const provider = Object.fromEntries(rows)[name];
  if (provider === undefined) throw new Error(name);
  const signing = { key: { kind: 'fields', fields: {} }, at: unixMillis(0), messageId: '1' } as const;

  expect(() => signRequest(name, provider, sampleOf(name, url, unixMillis(0)), signing)).toThrow(/^Only /);
});
