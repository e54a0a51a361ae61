import { expect, test } from 'vitest';
import { asError } from '../../lambdas/domain/errors.ts';

test('asError returns a thrown Error as it is, with its stack and its own fields', () => {
  const thrown = Object.assign(new TypeError('no such table'), { code: 'E1' });
  expect(asError(thrown)).toBe(thrown);
});

test.each([
  ['a text', 'boom', 'thrown: boom'],
  ['a number', 42, 'thrown: 42'],
  ['undefined', undefined, 'thrown: undefined'],
  ['null', null, 'thrown: object'],
  ['a symbol', Symbol('s'), 'thrown: Symbol(s)'],
  ['an object without a prototype', Object.create(null), 'thrown: object'],
  ['an object with a payload', { toString: () => 'secret' }, 'thrown: object'],
  ['a function', () => 'secret', 'thrown: function'],
])('asError describes %s that was thrown instead of an Error', (_, thrown, message) => {
  expect(asError(thrown)).toMatchObject({ name: 'Error', message });
});
