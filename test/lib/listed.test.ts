import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listed } from '../../lib/parts/listed.ts';

describe('a list of names', () => {
  test('is all of them where they fit, and says how many more there are', () => {
    expect(listed(['stripe', 'github'])).toBe('stripe, github');
    expect(listed(['stripe', 'github', 'shopify'], 22)).toBe('stripe and 2 more');
    expect(listed(['a-name-that-does-not-fit', 'github'], 20)).toBe('2 of them');
  });

  test('is never longer than it may be, and loses no name uncounted', () => {
    const names = fc.array(fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(names, fc.integer({ min: 12, max: 400 }), (all, most) => {
        const text = listed(all, most);
        const more = Number(/(\d+) (?:more|of them)$/.exec(text)?.[1] ?? 0);
        const shown = text === `${more} of them` ? 0 : text.replace(/ and \d+ more$/, '').split(', ').length;

        expect(text.length).toBeLessThanOrEqual(most);
        expect(shown + more).toBe(all.length);
      }),
    );
  });
});
