import { expect, it } from 'vitest';
import { cheapestForm, itemBytes } from '../../../lambdas/adapters/dynamodb/write-units.ts';
import { maxDeflatableBytes } from '../../../lambdas/domain/stored-text.ts';

it('an item has the bytes that DynamoDB bills', () => {
  expect(itemBytes({ id: 'abc', gone: undefined })).toBe(5);
  expect(itemBytes({ n: 1234 })).toBe(1 + 3);
  expect(itemBytes({ b: Uint8Array.of(1, 2, 3) })).toBe(1 + 3);
  expect(itemBytes({ s: new Set(['ab', 'c']) })).toBe(1 + 3);
  expect(itemBytes({ t: true, z: null })).toBe(4);
  expect(itemBytes({ l: ['ab', 'c'] })).toBe(1 + 3 + (1 + 2) + (1 + 1));
  expect(itemBytes({ m: { ab: 'c' } })).toBe(1 + 3 + 1 + 3);
});

it('a text is compressed where that saves a unit, and only if it is not too large for that', () => {
  expect(cheapestForm('x'.repeat(1000), { id: 'abc' })).toBe('x'.repeat(1000));
  expect(cheapestForm('x'.repeat(1020), { id: 'abc' })).toBeInstanceOf(Uint8Array);
  expect(cheapestForm('x'.repeat(maxDeflatableBytes), {})).toBeInstanceOf(Uint8Array);
  expect(cheapestForm('x'.repeat(maxDeflatableBytes + 1), {})).toBe('x'.repeat(maxDeflatableBytes + 1));
});
