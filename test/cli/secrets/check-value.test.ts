import { expect, test } from 'vitest';
import {
  decideChange,
  type SecretChange,
  secretFormat,
  withoutLineEnd,
} from '../../../cli/secrets/check-value.ts';
import { secretFault } from '../../../cli/secrets/mistakes.ts';
import { catalogue } from '../../../lambdas/domain/provider/catalogue.ts';
import type { SecretFormat } from '../../../lambdas/domain/signature/key.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { keysOfNobody, publicKeys } from '../../support/fixtures/asymmetric-keys.ts';

const now = unixMillis(1_795_580_000_000);
const hour = 3_600_000;
const version = (value: string, hoursAgo: number) => ({
  value,
  createdAt: unixMillis(now - hoursAgo * hour),
});
const change = (given: Partial<SecretChange>) =>
  decideChange({
    format: 'text',
    signs: false,
    value: 'whsec_new',
    current: undefined,
    previous: undefined,
    now,
    ...given,
  });
const standardSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

test('the first value is stored, and no old key is valid', () => {
  expect(change({})).toEqual({ kind: 'store', oldKeyEnds: undefined, previousKeyEnds: undefined });
});

test('a new value leaves the old key valid for a day', () => {
  expect(change({ current: version('whsec_old', 500) })).toMatchObject({
    kind: 'store',
    oldKeyEnds: now + 24 * hour,
    previousKeyEnds: undefined,
  });
});

test.each([...`"'\``].map((quote) => `${quote}whsec_new${quote}`).concat('“whsec_new”', ' "whsec_new" '))(
  'quotes around a value are refused: %s',
  (value) => {
    expect(change({ value })).toEqual({ kind: 'refuse', reason: expect.stringContaining('in quotes') });
    expect(secretFault(value, 'text')).toContain('in quotes');
    expect(JSON.stringify(change({ value }))).not.toContain('whsec_new');
  },
);

test.each([`it's "new"`, `"new`, `new'`])('a quote inside a value belongs to it: %s', (value) => {
  expect(change({ value, format: 'token' })).toMatchObject({ kind: 'store' });
  expect(secretFault(value, 'token')).toBeUndefined();
});

test('a new value over a placeholder leaves no old key valid', () => {
  expect(change({ current: version('unset', 1) })).toMatchObject({ kind: 'store', oldKeyEnds: undefined });
});

test('a new value needs a confirmation while the previous key is still valid', () => {
  const verdict = change({ current: version('whsec_old', 5), previous: version('whsec_older', 900) });

  expect(verdict).toMatchObject({ kind: 'store', previousKeyEnds: now + 19 * hour });
});

test('a new value needs no confirmation when the overlap is over', () => {
  const verdict = change({ current: version('whsec_old', 24), previous: version('whsec_older', 900) });

  expect(verdict).toMatchObject({ kind: 'store', previousKeyEnds: undefined });
});

test('a new value needs no confirmation if the previous one is a placeholder', () => {
  const verdict = change({ current: version('whsec_old', 1), previous: version('unset', 2) });

  expect(verdict).toMatchObject({ kind: 'store', previousKeyEnds: undefined });
});

test('a list of keys decides alone, so it needs no confirmation', () => {
  const value = '{"keys": [{"key": "one"}, {"key": "two", "notAfter": "2026-12-01T00:00:00Z"}]}';
  const verdict = change({ value, current: version('whsec_old', 1), previous: version('whsec_older', 900) });

  expect(verdict).toEqual({ kind: 'store' });
});

test.each([
  ['', /Standard input/],
  ['whsec_a b', /white space/],
  ['x'.repeat(65_537), /65537 bytes; Secrets Manager stores at most 65536/],
  [' whsec_a', /white space/],
  ['whsec_a\n', /white space/],
  ['unset', /no(?:t a)? secret/],
  ['{"keys":[{"kye":"x"}]}', /not a secret/],
])('the value %j is refused', (value, reason) => {
  expect(change({ value })).toEqual({ kind: 'refuse', reason: expect.stringMatching(reason) });
});

test('a value that is stored already is refused, because storing it would end the previous key', () => {
  expect(change({ current: version('whsec_new', 1) })).toMatchObject({ kind: 'refuse' });
});

test('a Standard Webhooks secret must be valid base64', () => {
  expect(change({ format: 'standard-webhooks', value: standardSecret })).toMatchObject({ kind: 'store' });
  expect(change({ format: 'standard-webhooks', value: 'whsec_short' })).toMatchObject({ kind: 'refuse' });
});

test('a public key verifies, but cannot sign', () => {
  const value = `whpk_${Buffer.alloc(32, 1).toString('base64')}`;

  expect(change({ format: 'standard-webhooks', value })).toMatchObject({ kind: 'store' });
  expect(change({ format: 'standard-webhooks', value, signs: true })).toMatchObject({ kind: 'refuse' });
});

test('no refusal repeats the value', () => {
  const values = ['hush hush', 'whsec_hush', '{"keys":"hush"}'];
  const said = values.map((value) => JSON.stringify(change({ value, format: 'standard-webhooks' })));

  expect(said.filter((text) => text.includes('hush'))).toEqual([]);
});

test.each([
  ['abc\n', 'abc'],
  ['abc\r\n', 'abc'],
  ['abc', 'abc'],
  ['abc\n\n', 'abc\n'],
])('one line end of %j is stripped', (text, value) => {
  expect(withoutLineEnd(text)).toBe(value);
});

test.each([
  ['stripe', 'text'],
  ['standard-webhooks', 'standard-webhooks'],
  ['hmac', 'text'],
])('%s shows its secret as %s', (provider, format) => {
  expect(secretFormat(provider)).toBe(format);
});

test.each([...publicKeys, ...keysOfNobody])('the value %s is refused with its kind', (_form, value) => {
  const verdict = change({ value });

  expect(verdict).toMatchObject({
    kind: 'refuse',
    reason: expect.stringMatching(
      /^This is (?:a public key|a private key|a certificate|JSON), not a secret; expected the provider's shared secret/,
    ),
  });
  expect(JSON.stringify(verdict)).not.toContain(value.slice(30, 60));
});

test.each([
  ['"unset"', 'text', "This is a placeholder, not a secret; expected the provider's shared secret"],
  ['unset:unset', 'basic', "This is a placeholder, not a secret; expected the provider's shared secret"],
  ['WEBHOOK_SECRET=hush', 'text', /^This is a name with a value, not a secret; .* \(without its name\)$/],
  ['<your key>', 'ed25519', 'This is a placeholder, not a secret; expected the Ed25519 public key'],
  ['0'.repeat(64), 'ed25519', /^This is a weak public key, for which anyone can forge signatures/],
  [
    '{"appSecret":"hush","verifyToken":"null"}',
    catalogue.meta.secret,
    /^This is a placeholder, not a secret; expected the JSON with appSecret/,
  ],
  ['{"key":"hush"}', 'text', /^This is JSON, not a secret/],
  ['\u200b', 'token', /^This is an empty text or invisible characters/],
] satisfies [string, SecretFormat, string | RegExp][])('%j as %j is refused', (value, format, reason) => {
  const verdict = change({ value, format });

  expect(verdict).toEqual({ kind: 'refuse', reason: expect.stringMatching(reason) });
  expect(JSON.stringify(verdict)).not.toContain('hush');
});
