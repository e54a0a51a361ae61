import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failedParts, matchesFilter } from '../../lambdas/domain/payload-filter.ts';

describe('any filter on any payload', () => {
  const name = fc.oneof(
    fc.constantFrom('a', 'b', '*', '0', 'length', '__proto__', 'constructor'),
    fc.string(),
  );
  const condition = fc.record({ path: fc.array(name, { minLength: 1, maxLength: 4 }), equals: fc.integer() });
  const payload = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('a', 'b', '*'), tie('json'), { maxKeys: 3 }),
    ),
  })).json;

  it('any filter on any payload decides, and its opposite decides the opposite', () => {
    fc.assert(
      fc.property(condition, payload, (filter, json) => {
        expect(matchesFilter({ not: filter }, json)).toBe(!matchesFilter(filter, json));
        expect(failedParts(filter, json).length === 0).toBe(matchesFilter(filter, json));
      }),
    );
  });

  it('any filter with * on any payload matches if it matches at one of the places', () => {
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 5 }), fc.integer(), (list, equals) => {
        const at = list.map((_, index) =>
          matchesFilter({ path: ['x', String(index), 'a'], equals }, { x: list }),
        );
        expect(matchesFilter({ path: ['x', '*', 'a'], equals }, { x: list })).toBe(at.includes(true));
      }),
    );
  });

  it('any filter on any payload reaches no inherited property', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty'),
        payload,
        (key, json) => {
          expect(matchesFilter({ path: [key], exists: true }, json)).toBe(false);
        },
      ),
    );
  });
});
