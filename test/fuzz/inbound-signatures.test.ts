import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import {
  headerName,
  type SignatureFormat,
  type SignatureScheme,
} from '../../lambdas/domain/signature/scheme.ts';
import { type Verification, verify } from '../../lambdas/domain/signature/verify.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { requestOf } from '../fakes/inbound-receiver.ts';

const now = 1_795_000_000;
const id = 'msg_1';
const keyBytes = Buffer.alloc(32, 7);
const rows: [string, Provider][] = Object.entries(catalogue);
const schemes = rows.flatMap(([name, { signature, otherSignatures = [] }]) =>
  (typeof signature === 'function' ? [] : [signature, ...otherSignatures]).map(
    (scheme) => [`${name}, ${scheme.header}`, scheme] as const,
  ),
);

const keys = [
  { kind: 'hmac', bytes: keyBytes },
  { kind: 'token', bytes: Buffer.from('user:password') },
] as const;

const check = (scheme: SignatureScheme, headers: Record<string, string>, body: Uint8Array): Verification =>
  verify(scheme, requestOf(body, headers), keys, seconds(60), unixMillis(now * 1000));

const timestamps = {
  seconds: String(now),
  milliseconds: `${now}000`,
  iso: new Date(now * 1000).toISOString(),
};

/** What the first version of a scheme is for this body, in its own encoding. */
function signatureOf(
  scheme: SignatureScheme,
  timestamp: string,
  body: Uint8Array,
): readonly [string, string] {
  const [version, algorithm] = Object.entries(scheme.versions)[0] ?? [];
  if (version === undefined || algorithm === undefined) throw new Error('a scheme without versions');
  if (algorithm.key !== 'hmac')
    return [
      version,
      Buffer.from('user:password').toString(algorithm.encoding === 'text' ? 'utf8' : 'base64'),
    ];
  const [before = '', after = ''] = scheme.signed
    .replace('{id}', id)
    .replace('{timestamp}', timestamp)
    .replace('{url}', 'https://hooks.example.test/webhooks/source')
    .split('{body}');
  const mac = createHmac(algorithm.hash, keyBytes).update(before).update(body).update(after);
  return [version, mac.digest(algorithm.encoding === 'hex' ? 'hex' : 'base64')];
}

/** Signs as the scheme says; `test/vectors` has what others computed. */
function sign(scheme: SignatureScheme, body: Uint8Array): Record<string, string> {
  const timestamp = timestamps[scheme.timestampUnit ?? 'seconds'];
  const [version, signature] = signatureOf(scheme, timestamp, body);
  const name = (header: string) => headerName(header, scheme.families?.[0] ?? '');
  return {
    [name(scheme.header)]: written(scheme.format, timestamp, version, signature),
    ...(scheme.idHeader && { [name(scheme.idHeader)]: id }),
    ...(scheme.timestampHeader && { [name(scheme.timestampHeader)]: timestamp }),
  };
}

function written(format: SignatureFormat, timestamp: string, version: string, signature: string): string {
  switch (format.kind) {
    case 'single':
      return format.prefix + signature;
    case 'list':
      return `${version},${signature}`;
    case 'numbered':
      return signature;
    case 'fields': {
      const time = format.timestampField ? `${format.timestampField}=${timestamp}${format.separator}` : '';
      return `${time}${version}=${signature}`;
    }
  }
}

/** One character of a text, other than it was; a change of case only is none, since hex may be in either. */
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
  it('verifies no body but the one that was signed', () => {
    fc.assert(
      fc.property(body, body, (signed, sent) => {
        fc.pre(!Buffer.from(signed).equals(sent));
        return !check(scheme, sign(scheme, signed), sent).ok;
      }),
    );
  });
});

describe.each(schemes)('%s', (_name, scheme) => {
  it('verifies every body that is signed', () => {
    fc.assert(fc.property(body, (bytes) => check(scheme, sign(scheme, bytes), bytes).ok));
  });

  it('verifies no changed character of what its headers carry', () => {
    const bytes = Buffer.from('{"id":"evt_1"}');
    const headers = sign(scheme, bytes);

    for (const [header, value] of Object.entries(headers)) {
      fc.assert(
        fc.property(mutated(value), (changed) => !check(scheme, { ...headers, [header]: changed }, bytes).ok),
        { numRuns: 500 },
      );
    }
  });

  it('verifies no header cut short or with something added', () => {
    const bytes = Buffer.from('{}');
    const headers = sign(scheme, bytes);

    for (const [header, value] of Object.entries(headers)) {
      for (let end = 0; end < value.length; end++) {
        expect(check(scheme, { ...headers, [header]: value.slice(0, end) }, bytes).ok).toBe(false);
      }
    }
  });

  it('refuses hostile headers without throwing', () => {
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
