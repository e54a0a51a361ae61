import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../lambdas/domain/json.ts';

test('parseJson reads every value that JSON can write', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(parseJson(text))).toBe(text);
    }),
  );
});

test.for(['', ' ', '{', '{"a":1}x', 'undefined', "{'a':1}", '\ufeff{}'])(
  'parseJson returns undefined for %j, which is not JSON',
  (text) => {
    expect(parseJson(text)).toBeUndefined();
  },
);
