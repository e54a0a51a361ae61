import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { parseKey } from '../../lambdas/domain/signature/key.ts';
import { headerName } from '../../lambdas/domain/signature/scheme.ts';
import { type Verification, verify } from '../../lambdas/domain/signature/verify.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { requestOf } from '../fakes/inbound-receiver.ts';

const now = 1_795_000_000;
const secret = Buffer.alloc(32, 7).toString('base64');
const key = parseKey(secret, 'standard-webhooks');
const rows: [string, Provider][] = Object.entries(catalogue);

const check = (row: Provider, headers: Record<string, string>, body: Uint8Array): Verification => {
  if (key === undefined) throw new Error('the test has no key');
  return verify(row.signature, requestOf(body, headers), [key], seconds(300), unixMillis(now * 1000));
};

/** Signs as the row says, independently of how the row is read. */
function sign(name: string, body: Uint8Array): Record<string, string> {
  const mac = (content: string, encoding: 'hex' | 'base64') =>
    createHmac('sha256', Buffer.alloc(32, 7)).update(content).update(body).digest(encoding);
  switch (name) {
    case 'stripe':
      return { 'stripe-signature': `t=${now},v1=${mac(`${now}.`, 'hex')}` };
    case 'github':
      return { 'x-hub-signature-256': `sha256=${mac('', 'hex')}` };
    case 'shopify':
      return { 'x-shopify-hmac-sha256': mac('', 'base64') };
    case 'standard-webhooks':
      return {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(now),
        'webhook-signature': `v1,${mac(`msg_1.${now}.`, 'base64')}`,
      };
    default:
      throw new Error(`say how ${name} signs`);
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

describe.each(rows)('%s', (name, row) => {
  const body = fc.uint8Array({ maxLength: 200 });

  it('verifies every body that is signed', () => {
    fc.assert(fc.property(body, (bytes) => check(row, sign(name, bytes), bytes).ok));
  });

  it('verifies no body but the one that was signed', () => {
    fc.assert(
      fc.property(body, body, (signed, sent) => {
        fc.pre(!Buffer.from(signed).equals(sent));
        return !check(row, sign(name, signed), sent).ok;
      }),
    );
  });

  it('verifies no changed character of what its headers carry', () => {
    const bytes = Buffer.from('{"id":"evt_1"}');
    const headers = sign(name, bytes);

    for (const [header, value] of Object.entries(headers)) {
      fc.assert(
        fc.property(mutated(value), (changed) => !check(row, { ...headers, [header]: changed }, bytes).ok),
        { numRuns: 500 },
      );
    }
  });

  it('verifies no header cut short or with something added', () => {
    const bytes = Buffer.from('{}');
    const headers = sign(name, bytes);

    for (const [header, value] of Object.entries(headers)) {
      for (let end = 0; end < value.length; end++) {
        expect(check(row, { ...headers, [header]: value.slice(0, end) }, bytes).ok).toBe(false);
      }
    }
  });

  it('refuses hostile headers without throwing', () => {
    const names = ['header', 'idHeader', 'timestampHeader'] as const;
    const own = names
      .map((field) => row.signature[field])
      .filter((header) => header !== undefined)
      .flatMap((header) => (row.signature.families ?? ['']).map((family) => headerName(header, family)));
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^(t|v1|v0|v1a|sha256)?[=,;. ]{0,3}[0-9a-f=+/,]*$/),
    );
    const headers = fc.dictionary(fc.constantFrom(...own, '__proto__', 'constructor'), value);

    fc.assert(
      fc.property(headers, fc.uint8Array(), (hostile, bytes) => check(row, hostile, bytes).ok === false),
      { numRuns: 1000 },
    );
  });
});
