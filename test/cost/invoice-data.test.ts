import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { invoiceData } from './support/invoice-data.ts';

test.each([500, 1000, 4000, 40_000])(
  'counted bodies have the size that a step is named for: %i B',
  (bytes) => {
    const json = JSON.stringify(invoiceData(bytes));

    expect(Buffer.byteLength(json)).toBe(bytes);
    expect(JSON.stringify(invoiceData(bytes))).toBe(json);
  },
);

test('counted bodies compress as real ones do, to 50 to 60 % at 1 kB', () => {
  const json = JSON.stringify(invoiceData(1000));

  const ratio = deflateSync(json).byteLength / json.length;

  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(0.6);
});
