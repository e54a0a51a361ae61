import { describe, expect, test } from 'vitest';
import { itemBytes } from './support/item-size.ts';
import { readUnits, writeUnits } from './support/units.ts';

const table = { key: ['id'], indexes: [['day', 'at']] };
const item = (bytes: number, more: object = {}) => ({ id: { S: 'x'.repeat(bytes - 2) }, ...more });
const listed = (at: number) => ({ day: { S: 'stripe#2026-11-28' }, at: { N: String(at) } });

describe("DynamoDB's units", () => {
  test("DynamoDB's units count names and values of an item in UTF-8", () => {
    expect(itemBytes({ id: { S: 'ü' } })).toBe(2 + 2);
    expect(itemBytes({ at: { N: '1795000000000' } })).toBe(2 + 8);
    expect(itemBytes({ b: { BOOL: true }, n: { NULL: true } })).toBe(4);
    expect(itemBytes({ list: { L: [{ S: 'a' }, { S: 'b' }] } })).toBe(4 + 3 + 2 * 2);
    expect(itemBytes({ set: { SS: ['a', 'bc'] } })).toBe(3 + 3);
    expect(itemBytes({ map: { M: { a: { S: 'b' } } } })).toBe(3 + 3 + 2 + 1);
    expect(itemBytes({ bin: { B: 'AAAA' } })).toBe(3 + 3);
  });

  test.each([
    ['a new item of 1 KB', undefined, item(1024), 1],
    ['a byte more', undefined, item(1025), 2],
    ['an item that grows', item(100), item(2049), 3],
    ['an item that shrinks: the larger counts', item(2049), item(100), 3],
    ['a write that is refused', item(1500), item(1500), 2],
    ['one that finds nothing', undefined, undefined, 1],
  ])("DynamoDB's write units are counted for %s", (_what, before, after, units) => {
    expect(writeUnits(before, after, table).write).toBe(units);
  });

  test.each([
    ['enters', item(9), item(9, listed(1)), 1],
    ['stays', item(9, listed(1)), item(99, listed(1)), 0],
    ['moves', item(9, listed(1)), item(9, listed(2)), 2],
    ['leaves', item(9, listed(1)), item(9), 1],
  ])("DynamoDB's units of an index that an item %s are counted", (_what, before, after, units) => {
    expect(writeUnits(before, after, table).indexWrite).toBe(units);
  });

  test("DynamoDB's units of storage are an item and its index entries, with 100 bytes each", () => {
    const put = writeUnits(undefined, item(9), table);
    expect([put.stored, put.indexStored]).toEqual([109, 0]);
    const entered = writeUnits(item(9), item(9, listed(1)), table);
    // id: 9, day: 3 + 17, at: 2 + 2.
    expect(entered.indexStored).toBe(100 + 9 + 20 + 4);
    const deleted = writeUnits(item(9, listed(1)), undefined, table);
    expect([deleted.stored, deleted.indexStored]).toEqual([-(109 + 20 + 4), -133]);
  });

  test("DynamoDB's units of a read are one for 4 KB, and half of that for an eventually consistent read", () => {
    expect([readUnits(0, true), readUnits(4096, true), readUnits(4097, false)]).toMatchObject([
      { read: 1 },
      { read: 1 },
      { read: 1 },
    ]);
    expect(readUnits(10, false).read).toBe(0.5);
  });
});
