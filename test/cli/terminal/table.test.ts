import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { cell, counted, instant, table } from '../../../cli/terminal/table.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';

const plain = (text: string) => stripVTControlCharacters(text).split('\n');

test('a pipe gets one line a row, whatever its length', () => {
  const long = 'word '.repeat(60).trim();

  expect(plain(table(['id', 'reason'], [['a', long]], undefined))[2]).toContain(long);
});

test('on a terminal the last column takes what is left, and wraps', () => {
  const lines = plain(table(['id', 'reason'], [['a', 'word '.repeat(30).trim()]], 60));

  expect(Math.max(...lines.map((line) => line.length))).toBe(60);
  expect(lines.join(' ').match(/word/g)).toHaveLength(30);
});

test('a terminal that is too narrow for a table gets a block for each row', () => {
  const row = ['x'.repeat(52), 'invoice.paid', 'an endpoint that is down'];

  expect(plain(table(['id', 'type', 'last error'], [row, ['b', 'c', '']], 80))).toEqual([
    `id          ${row[0]}`,
    'type        invoice.paid',
    'last error  an endpoint that is down',
    '',
    ...['id          b', 'type        c', 'last error', ''],
  ]);
});

test('a short table is as narrow as its text', () => {
  expect(plain(table(['id', 'reason'], [['a', 'busy']], 200))[0]?.length).toBeLessThan(20);
});

test('what a terminal would obey becomes a blank', () => {
  expect(cell('a\u001b[2Jb\nc\u202ed')).toBe('a [2Jb c d');
});

test('an endless text is cut', () => {
  expect(cell('x'.repeat(400), 10)).toBe('xxxxxxxxx…');
});

test('instants are in UTC, to the second', () => {
  expect(instant(unixMillis(1_795_580_000_123))).toBe('2026-11-25 04:13:20Z');
});

test.each([
  [0, '0 deliveries'],
  [1, '1 delivery'],
  [2, '2 deliveries'],
])('%i', (count, text) => {
  expect(counted(count, 'delivery', 'deliveries')).toBe(text);
});
