import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asObject, fieldOf, isForm, maxFields, readForm } from '../../lambdas/domain/provider/form.ts';
import { parseJsonBody } from '../../lambdas/domain/provider/payload.ts';

/** Texts with many of the special cases of forms. */
const formText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '&',
      '=',
      '+',
      '%',
      '%20',
      '%2B',
      '%26',
      '%3d',
      '%C3%BC',
      '%c3',
      '%F0%9F%98%80',
      '%E2%82',
    ),
    fc.constantFrom('%ED%A0%80', '%EF%BB%BF', '%00', '%FF', '%zz', '%4', 'a', 'b', 'ü', '€', '😀', '\ufeff'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 30,
});

const entriesOf = (text: string) => [...(readForm(text) ?? [])];

/**
 * What the standard says, by Node. Node itself cuts characters in two that stand unescaped beside bytes that are no UTF-8:
 * so they are escaped first, which the standard says is the same.
 */
const byNode = (text: string) =>
  new URLSearchParams(text.toWellFormed().replace(/\P{ASCII}/gu, encodeURIComponent));

describe('readForm', () => {
  it('readForm reads the same as URLSearchParams', () => {
    const text = formText.filter((candidate) => !candidate.startsWith('?'));

    fc.assert(
      fc.property(text, (form) => {
        const expected = byNode(form);
        const names = [...new Set(expected.keys())];
        expect(entriesOf(form)).toEqual(names.map((name) => [name, expected.getAll(name)]));
      }),
      { numRuns: 5000 },
    );
  });

  it('readForm reads bytes like their text', () => {
    fc.assert(
      fc.property(formText, (text) => {
        expect([...(readForm(Buffer.from(text)) ?? [])]).toEqual(entriesOf(text));
      }),
    );
  });

  it('readForm reads names that are not only names', () => {
    const form = readForm('__proto__=a&constructor=b');

    expect(fieldOf(form, '__proto__')).toBe('a');
    expect(fieldOf(form, 'toString')).toBeUndefined();
    expect(Object.entries(asObject(form ?? new Map()))).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  it.each(['a=1', 'a', '='])('readForm reads a thousand fields such as %s, and no more', (field) => {
    const fields = Array.from({ length: maxFields }, () => field);

    expect(readForm(fields.join('&'))).toBeDefined();
    expect(readForm([...fields, field].join('&'))).toBeUndefined();
  });
});

describe('isForm', () => {
  it('isForm recognises the forms of common encoders', () => {
    const fields = fc.array(
      fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' })),
      {
        minLength: 1,
        maxLength: 5,
      },
    );

    fc.assert(fc.property(fields, (entries) => isForm(new URLSearchParams(entries).toString())));
  });

  it('isForm refuses a JSON object or array', () => {
    const structure = fc
      .tuple(
        fc.constantFrom('', ' ', '\n', '\ufeff'),
        fc.oneof(fc.dictionary(formText, formText), fc.array(formText)),
      )
      .map(([before, value]) => before + JSON.stringify(value));

    fc.assert(fc.property(structure, (json) => typeof parseJsonBody(json) === 'object' && !isForm(json)));
  });

  it.each([
    '',
    '=',
    '=a',
    '&a=b',
    'a',
    'a b=c',
    'a=b c',
    'a=b\n',
    '{a}=b',
    '["a=b"]',
    '"a=b"',
    '--x\r\na="b"',
    '<a b="c">',
  ])('isForm refuses %j', (text) => {
    expect(isForm(text)).toBe(false);
  });
});
