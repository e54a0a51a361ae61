import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { cell, counted, instant, table } from '../../../cli/terminal/table.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';

const plain = (text: string) => stripVTControlCharacters(text).split('\n');

test('a table in a pipe has one line a row, of any length', () => {
  const long = 'word '.repeat(60).trim();

  expect(plain(table(['id', 'reason'], [['a', long]], undefined))[2]).toContain(long);
});

test('a table on a terminal gives its last column the rest of the width, and wraps it', () => {
  const lines = plain(table(['id', 'reason'], [['a', 'word '.repeat(30).trim()]], 60));

  expect(Math.max(...lines.map((line) => line.length))).toBe(60);
  expect(lines.join(' ').match(/word/g)).toHaveLength(30);
});

test('a table on a narrow terminal has a block for each row', () => {
  const row = ['x'.repeat(52), 'invoice.paid', 'an endpoint that is down'];

  expect(plain(table(['id', 'type', 'last error'], [row, ['b', 'c', '']], 80))).toEqual([
    `id          ${row[0]}`,
    'type        invoice.paid',
    'last error  an endpoint that is down',
    '',
    ...['id          b', 'type        c', 'last error', ''],
  ]);
});

test('a short table is only as wide as its text', () => {
  expect(plain(table(['id', 'reason'], [['a', 'busy']], 200))[0]?.length).toBeLessThan(20);
});

test('control characters in a cell become blanks', () => {
  expect(cell('a\u001b[2Jb\nc\u202ed')).toBe('a [2Jb c d');
});

test('a very long cell is cut', () => {
  expect(cell('x'.repeat(400), 10)).toBe('xxxxxxxxx…');
});

test('instants are in UTC, to the second', () => {
  expect(instant(unixMillis(1_795_580_000_123))).toBe('2026-11-25 04:13:20Z');
});

test.each([
  [0, '0 deliveries'],
  [1, '1 delivery'],
  [2, '2 deliveries'],
])('a table fits a terminal of %i columns', (count, text) => {
  expect(counted(count, 'delivery', 'deliveries')).toBe(text);
});
