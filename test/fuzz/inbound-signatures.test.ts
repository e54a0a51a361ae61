import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { hmacKey } from '../../lambdas/domain/signature/hmac.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import { headerName, type SignatureScheme } from '../../lambdas/domain/signature/scheme.ts';
import { type Verification, verify } from '../../lambdas/domain/signature/verify.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { signByScheme } from '../../testing/signing/sign-by-scheme.ts';
import { requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const rows: [string, Provider][] = Object.entries(catalogue);
const schemes = rows.flatMap(([name, { signature, otherSignatures = [] }]) =>
  (typeof signature === 'function' ? [] : [signature, ...otherSignatures]).map(
    (scheme) => [`${name}, ${scheme.header}`, scheme] as const,
  ),
);

const ed25519 = generateKeyPairSync('ed25519');
const ecdsa = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pairs: readonly { readonly key: VerificationKey; readonly privateKey?: KeyObject }[] = [
  { key: hmacKey(Buffer.alloc(32, 7)) },
  { key: { kind: 'token', bytes: Buffer.from('user:password') } },
  { key: { kind: 'ed25519', publicKey: ed25519.publicKey }, privateKey: ed25519.privateKey },
  { key: { kind: 'ecdsa-p256', publicKey: ecdsa.publicKey }, privateKey: ecdsa.privateKey },
];
const keys = pairs.map(({ key }) => key);

const check = (
  scheme: SignatureScheme,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Verification => verify(scheme, requestOf(body, headers), keys, seconds(60), unixMillis(now * 1000));

/** Signs as the scheme says; `test/vectors` has what others computed. */
function sign(scheme: SignatureScheme, body: Uint8Array): Readonly<Record<string, string>> {
  const { method, url } = requestOf(body);
  const signing = { at: unixMillis(now * 1000), messageId: 'msg_1' };
  const [signed] = pairs
    .map((pair) => signByScheme(scheme, { method, url, headers: {}, body }, { ...signing, ...pair }))
    .filter((draft) => draft !== undefined);
  return signed?.headers ?? {};
}

/** Changes one character of a text, and not only its case, since hex may be in either. */
const mutated = (text: string) =>
  fc
    .record({
      at: fc.nat({ max: Math.max(0, text.length - 1) }),
      char: fc.string({ minLength: 1, maxLength: 1 }),
    })
    .map(({ at, char }) => text.slice(0, at) + char + text.slice(at + 1))
    .filter((changed) => changed.toLowerCase() !== text.toLowerCase());

const body = fc.uint8Array({ maxLength: 200 });

describe.each(schemes.filter(([, scheme]) => scheme.signed.includes('{body}')))('%s', (_name, scheme) => {
  it('a signature scheme verifies no body but the signed one', () => {
    fc.assert(
      fc.property(body, body, (signed, sent) => {
        fc.pre(!Buffer.from(signed).equals(sent));
        return !check(scheme, sign(scheme, signed), sent).ok;
      }),
    );
  });
});

describe.each(schemes)('%s', (_name, scheme) => {
  it('a signature scheme verifies every body that is signed', () => {
    fc.assert(fc.property(body, (bytes) => check(scheme, sign(scheme, bytes), bytes).ok));
  });

  it('a signature scheme verifies no changed character of its headers', () => {
    const bytes = Buffer.from('{"id":"evt_1"}');
    const headers = sign(scheme, bytes);

    for (const [header, value] of Object.entries(headers)) {
      fc.assert(
        fc.property(mutated(value), (changed) => !check(scheme, { ...headers, [header]: changed }, bytes).ok),
        { numRuns: 500 },
      );
    }
  });

  it('a signature scheme verifies no header that is cut short or extended', () => {
    const bytes = Buffer.from('{}');
    const headers = sign(scheme, bytes);

    for (const [header, value] of Object.entries(headers)) {
      for (let end = 0; end < value.length; end++) {
        expect(check(scheme, { ...headers, [header]: value.slice(0, end) }, bytes).ok).toBe(false);
      }
    }
  });

  it('a signature scheme refuses hostile headers without throwing', () => {
    const names = ['header', 'idHeader', 'timestampHeader'] as const;
    const own = names
      .map((field) => scheme[field])
      .filter((header) => header !== undefined)
      .flatMap((header) => (scheme.families ?? ['']).map((family) => headerName(header, family)));
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^(t|ts|h1|v1|v0|v1a|sha1|sha256|Basic)?[=,;. ]{0,3}[0-9a-f=+/,]*$/),
    );
    const headers = fc.dictionary(fc.constantFrom(...own, '__proto__', 'constructor'), value);

    fc.assert(
      fc.property(headers, fc.uint8Array(), (hostile, bytes) => check(scheme, hostile, bytes).ok === false),
      { numRuns: 1000 },
    );
  });
});
