import { describe, expect, it } from 'vitest';
import { catalogue, providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import { sliceJsonArray } from '../../lambdas/domain/provider/json-slices.ts';
import { parsePayload } from '../../lambdas/domain/provider/payload.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { decodeStrictly } from '../../lambdas/domain/signature/encoding.ts';
import { equalBytes } from '../../lambdas/domain/signature/equal-bytes.ts';
import { parseInstant, unixMillis, utcDay } from '../../lambdas/domain/time.ts';

const rows: [string, Provider][] = Object.entries(catalogue);

describe('the catalogue', () => {
  it.each(rows)('the catalogue never forwards a signature or a credential of %s', (_name, row) => {
    const secret = /signature|hmac|authorization|cookie|(?<!idempotency-)token/;

    expect(row.forward.filter((header) => secret.test(header))).toEqual([]);
  });

  it.each(rows)('the catalogue has the headers of %s in lower case', (_name, row) => {
    const schemes =
      typeof row.signature === 'function' ? [] : [row.signature, ...(row.otherSignatures ?? [])];
    const headers = schemes.flatMap(({ header, idHeader = '', timestampHeader = '' }) => [
      header,
      idHeader,
      timestampHeader,
    ]);
    const names = [...headers, ...row.forward];

    expect(names.map((name) => name.toLowerCase())).toEqual(names);
  });

  it.each(rows)('the catalogue loads %s as the one export of its file', async (name, row) => {
    const file: object = await import(`../../lambdas/domain/provider/providers/${name}.ts`);

    expect(Object.values(file)).toEqual([row]);
  });

  it('the catalogue lists what a source may choose from', () => {
    expect(() => providerOf({ name: 'shop', provider: 'constructor' })).toThrow(
      `source shop has provider 'constructor'; choose one of ${Object.keys(catalogue).slice(0, 2).join(', ')}, `,
    );
    expect(() => providerOf({ name: 'shop', provider: 'hmac' })).toThrow('hmac (with its `hmac` settings)');
  });
});

describe('sliceJsonArray', () => {
  it.each([
    ['[]', []],
    [' [ ] ', []],
    ['[1]', ['1']],
    ['[1,2 , 3]', ['1', '2', '3']],
    ['["a,]","\\"]"]', ['"a,]"', '"\\"]"']],
    ['["\\\\",[[],{"x":[1,2]}]]', ['"\\\\"', '[[],{"x":[1,2]}]']],
    ['[{"grüße":"😀"}\n,\t{}]', ['{"grüße":"😀"}', '{}']],
  ])('sliceJsonArray slices %s', (json, slices) => {
    expect(sliceJsonArray(Buffer.from(json)).map((slice) => Buffer.from(slice).toString())).toEqual(slices);
  });
});

describe('parsePayload', () => {
  it.each([
    ['JSON', '{"a":1}', 'json', { a: 1 }],
    ['JSON after a byte order mark', '\ufeff{"a":1}', 'json', { a: 1 }],
    ['JSON that holds a form', '{"a":"&payload=%7B%7D"}', 'json-or-form', { a: '&payload=%7B%7D' }],
    ['a form where JSON is agreed', 'payload=%7B%7D', 'json', undefined],
    ['JSON in a form', 'payload=%7B%22a%22%3A1%7D', 'json-or-form', { a: 1 }],
    ['JSON in a form, not escaped', 'payload={"a":1}', 'json-or-form', { a: 1 }],
    ['a form without a payload', 'a=1', 'json-or-form', undefined],
    ['any form', 'a=1&b=2&a=3', 'any', { a: '3', b: '2' }],
    ['any text', 'hello', 'any', undefined],
    ['XML', '<a>b=c</a>', 'any', undefined],
    ['a sentence', 'a = b', 'any', undefined],
    ['a form of a thousand fields', `a=1${'&a=1'.repeat(999)}`, 'any', { a: '1' }],
    ['a form of more', `a=1${'&a=1'.repeat(1000)}`, 'any', undefined],
    ['500 levels', `${'['.repeat(500)}${']'.repeat(500)}`, 'json', expect.any(Array)],
    ['501 levels', `${'['.repeat(501)}${']'.repeat(501)}`, 'json', undefined],
  ] as const)('%s', (_name, body, format, payload) => {
    expect(parsePayload(Buffer.from(body), format)).toEqual(payload);
  });

  it('parsePayload reads nothing from bytes that are not text', () => {
    expect(parsePayload(Buffer.from([0xff]), 'any')).toBeUndefined();
  });
});

describe('decodeStrictly', () => {
  it.each([
    ['00ff', 'hex', '00ff'],
    ['00FF', 'hex', '00ff'],
    ['0f', 'base64', undefined],
    ['00f', 'hex', undefined],
    ['0x00', 'hex', undefined],
    ['', 'hex', undefined],
    ['', 'base64', undefined],
    ['AP8=', 'base64', '00ff'],
    ['AP8', 'base64', undefined],
    ['AP9=', 'base64', undefined],
    ['AP_8', 'base64', undefined],
    ['AP8=\n', 'base64', undefined],
  ] as const)('%j as %s', (text, encoding, hex) => {
    expect(decodeStrictly(text, encoding)?.toString('hex')).toBe(hex);
  });
});

describe('equalBytes', () => {
  it('equalBytes compares bytes of any lengths', () => {
    const bytes = Buffer.from('abc');

    expect(equalBytes(bytes, Buffer.from('abc'))).toBe(true);
    expect(equalBytes(bytes, Buffer.from('abd'))).toBe(false);
    expect(equalBytes(bytes, Buffer.from('ab'))).toBe(false);
    expect(equalBytes(bytes, Buffer.from(''))).toBe(false);
  });
});

describe('instants', () => {
  it.each([
    ['2026-12-01T00:00:00Z', 1_796_083_200_000],
    ['2026-12-01T00:00:00.5+01:00', 1_796_079_600_500],
    ['2026-12-01', undefined],
    ['2026-12-01T00:00:00', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['tomorrow', undefined],
  ])('instants of providers are read: %s', (text, at) => {
    expect(parseInstant(text)).toBe(at);
  });

  it('instants have a day in UTC', () => {
    expect(utcDay(unixMillis(1_796_083_199_999))).toBe('2026-11-30');
    expect(utcDay(unixMillis(1_796_083_200_000))).toBe('2026-12-01');
  });
});
