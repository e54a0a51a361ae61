import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import { genericProvider } from '../../lambdas/domain/provider/generic.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { SecretFormat } from '../../lambdas/domain/signature/key.ts';
import { keysOfNobody, publicKeys } from '../support/fixtures/asymmetric-keys.ts';
import { vectorFiles } from '../support/fixtures/vectors.ts';
import { placeholders } from '../support/hostile/placeholder-secrets.ts';

const hmac = { signatureHeader: 'x-a', prefix: '', encoding: 'hex', algorithm: 'sha256' } as const;
const token = { header: 'x-a', prefix: '' };
const generics: Readonly<Record<string, Provider | undefined>> = {
  hmac: genericProvider({ provider: 'hmac', hmac }),
  token: genericProvider({ provider: 'token', token }),
  'token with a user': genericProvider({ provider: 'token', token: { ...token, basic: true } }),
  ed25519: genericProvider({ provider: 'ed25519', ed25519: hmac }),
};
const rows = Object.entries({ ...catalogue, ...generics }).map(([name, provider]): [string, SecretFormat] => [
  name,
  provider?.secret ?? 'text',
]);
/** Every provider, in one row with those that have the same format. */
const formats = [...Map.groupBy(rows, ([, format]) => format)].map(
  ([format, sharing]): [string, SecretFormat] => [sharing.map(([name]) => name).join(', '), format],
);

const real = 'R9f3kq0ZtVw2';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const ebayFields = {
  clientId: real,
  clientSecret: real,
  verificationToken: real,
  environment: 'sandbox',
} as const;

/** Every way to give a text to some provider: alone, in each field, in a list, decoded. */
const inEveryField = (text: string): string[] => [
  text,
  JSON.stringify({ appSecret: text, verifyToken: real }),
  JSON.stringify({ appSecret: real, verifyToken: text }),
  JSON.stringify({ clientId: text, secret: real, environment: 'sandbox' }),
  JSON.stringify({ clientId: real, secret: text, environment: 'sandbox' }),
  JSON.stringify({ primary: text, secondary: real }),
  JSON.stringify({ primary: real, secondary: text }),
  JSON.stringify({ verifyToken: text }),
  JSON.stringify({ verifyToken: text, subscriptionId: '120475123' }),
  JSON.stringify({ verifyToken: real, subscriptionId: text }),
  JSON.stringify({ ...ebayFields, clientId: text }),
  JSON.stringify({ ...ebayFields, clientSecret: text }),
  JSON.stringify({ ...ebayFields, verificationToken: text }),
  JSON.stringify({ keys: [{ key: text }] }),
  JSON.stringify({ keys: [{ key: text }, { key: text }] }),
];
/** Behind the first colon everything is the password. */
const inHalves = (text: string): string[] => [
  `${real}:${text}`,
  ...(text.includes(':') ? [] : [`${text}:${real}`, `${text}:${text}`]),
];
const hasHalves = (format: SecretFormat): boolean =>
  format === 'basic' || (typeof format === 'object' && format.called === 'publicKey:privateKey');

const isShared = (value: string, format: SecretFormat): boolean =>
  parseSecretValue(value, format)?.keys.some(({ key }) => !('publicKey' in key)) ?? false;

/** The values that a provider turns into the wrong kind of key. */
function wrongKeys(
  forms: readonly (readonly [string, string])[],
  format: SecretFormat,
  isKey: (value: string) => boolean,
) {
  return forms
    .filter(([, text]) => {
      const halves = hasHalves(format) ? inHalves(text) : [];
      return [...inEveryField(text), ...halves].some((value) => isKey(value));
    })
    .map(([form]) => form);
}

describe.each(formats)('%s makes no key of', (_providers, format) => {
  it('no format accepts a placeholder, empty text, JSON, or reference to a secret, in any of its fields', () => {
    const isKey = (value: string) => parseSecretValue(value, format) !== undefined;

    expect(wrongKeys(placeholders, format, isKey)).toEqual([]);
    const besideOne = (text: string) => JSON.stringify({ keys: [{ key: real }, { key: text }] });
    expect(placeholders.filter(([, text]) => isKey(besideOne(text)))).toEqual([]);
  });

  it('no format accepts a private key or a certificate', () => {
    const isKey = (value: string) => parseSecretValue(value, format) !== undefined;

    expect(wrongKeys(keysOfNobody, format, isKey)).toEqual([]);
  });

  it('no format accepts a public key, unless it verifies with one', () => {
    expect(wrongKeys(publicKeys, format, (value) => isShared(value, format))).toEqual([]);
    const decoded = publicKeys.flatMap(([form, text]): [string, string][] => [
      [form, base64(text)],
      [form, `whsec_${base64(text)}`],
      [form, `whsec_${text}`],
    ]);
    expect(wrongKeys(decoded, format, (value) => isShared(value, format))).toEqual([]);
  });
});

describe('real secrets', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 64 }).map((array) => Buffer.from(array));
  const texts = fc.oneof(
    bytes.map((found) => found.toString('hex')),
    bytes.map((found) => found.toString('base64')),
    bytes.map((found) => found.toString('base64url')),
    bytes.map((found) => `whsec_${found.toString('base64')}`),
    fc.uuid(),
    fc.stringMatching(/^[A-Za-z0-9]{20,64}$/),
    fc.stringMatching(/^[A-Za-z]{3,9}(?:[ -][a-z]{3,9}){3,6}$/),
    // A password: with letters, and not as a name with its value.
    fc.stringMatching(/^[A-Z][a-z0-9!#$%&()+,./;<>?@^_|~-]{12,40}[a-z]$/),
  );

  it('real secrets are keys in the formats for texts and tokens', () => {
    const isKey = (text: string) => parseSecretValue(text, 'text') && parseSecretValue(text, 'token');
    fc.assert(
      fc.property(texts, (text) => isKey(text) !== undefined),
      { numRuns: 2000 },
    );
  });

  it('real secrets are keys in the base64 format', () => {
    const long = fc
      .uint8Array({ minLength: 24, maxLength: 64 })
      .map((array) => Buffer.from(array).toString('base64'));
    fc.assert(
      fc.property(
        long,
        (text) =>
          parseSecretValue(text, 'base64') !== undefined &&
          parseSecretValue(`whsec_${text}`, 'whsec') !== undefined,
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    'secret',
    'the_secret',
    'test_secret',
    'lin_wh_secret',
    'x',
    'password1',
    "It's a Secret to Everybody",
    'Token 5c7 secret',
    'your horse staple',
    'nonetheless',
    'truestory',
    'todo-app-4711-hook',
    'changemeister',
    'keys',
    'putter',
    '12345678',
    'ABC=',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'pdl_ntfset_01hdq_abc',
    'a=b',
    '{x',
    'hunter2',
    '0'.repeat(64),
  ])('the secret %j is a key', (text) => {
    expect(parseSecretValue(text, 'text')).toBeDefined();
  });

  it('the secrets of all vectors that verify are keys', () => {
    const verifying = vectorFiles.flatMap(([name, { source, vectors }]) =>
      vectors
        .filter(({ expect: { status, id } }) => status === 200 && id !== undefined)
        .map(({ secret }) => [name, secret, source.provider] as const),
    );
    const rows: Readonly<Record<string, Provider | undefined>> = catalogue;
    const refused = verifying.filter(([, secret, provider]) => {
      const format = rows[provider ?? '']?.secret;
      return format !== undefined && parseSecretValue(secret, format) === undefined;
    });

    expect(verifying.length).toBeGreaterThan(300);
    expect(refused).toEqual([]);
  });
});
