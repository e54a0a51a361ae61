import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AlteredBodyError } from '../../lambdas/domain/stored-body.ts';
import {
  deflated,
  fitsInItem,
  maxDeflatableBytes,
  readStoredText,
} from '../../lambdas/domain/stored-text.ts';

const json = JSON.stringify({
  id: 'evt_1',
  lines: ['Espresso beans', 'Filter paper', 'Ceramic cup'],
  tax: 19,
});

test('a stored text is read byte for byte as it was written, compressed or not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (text) => {
      expect(readStoredText(text)).toBe(text);
      expect(readStoredText(deflated(text))).toBe(text);
    }),
  );
});

test('a short text is compressed in little memory, and hardly takes more bytes than by the defaults', () => {
  const document = readFileSync('lambdas/management/openapi.json', 'utf8');
  for (const length of [500, 1000, 4000, 8000])
    for (let from = 0; from + length < document.length; from += 4000) {
      const text = document.slice(from, from + length);
      const [own, usual] = [deflated(text).byteLength, deflateSync(text).byteLength];
      expect(own, `${length} from ${from}`).toBeLessThanOrEqual(Math.ceil(usual * 1.02));
    }
});

test('a compressed text with a changed bit is an error, or the same text', () => {
  const whole = deflated(json);

  for (let bit = 0; bit < whole.byteLength * 8; bit++) {
    const changed = Uint8Array.from(whole);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    let text = json;
    try {
      text = readStoredText(changed);
    } catch (error) {
      expect(error).toBeInstanceOf(AlteredBodyError);
    }
    expect(text).toBe(json);
  }
});

test('a compressed text that is cut short is an error', () => {
  const whole = deflated(json);

  for (let length = 0; length < whole.byteLength; length++)
    expect(() => readStoredText(whole.subarray(0, length))).toThrow(AlteredBodyError);
});

test('a compressed text is never read beyond 32 KB', () => {
  const most = 'x'.repeat(maxDeflatableBytes);

  expect(readStoredText(deflated(most))).toBe(most);
  expect(() => readStoredText(deflated(`${most}x`))).toThrow(AlteredBodyError);
  expect(() => readStoredText(deflateSync(Buffer.alloc(50_000_000)))).toThrow(AlteredBodyError);
});

test('the error over a damaged text does not repeat it', () => {
  expect(() => readStoredText(Buffer.from('secret'))).toThrow(
    /^its compressed body in the table is damaged \(6 bytes\)$/,
  );
});

test('a text fits in an item by its bytes, or by those of its compressed form up to 32 KB', () => {
  expect(fitsInItem('ü'.repeat(4_096), 8_192)).toBe(true);
  expect(fitsInItem('x'.repeat(maxDeflatableBytes), 100)).toBe(true);
  expect(fitsInItem('x'.repeat(maxDeflatableBytes + 1), 100)).toBe(false);
  expect(fitsInItem('xyz', 2)).toBe(false);
});
