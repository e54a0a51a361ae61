import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxRetryAfter, parseRetryAfter } from '../../lambdas/domain/retry-schedule.ts';
import { type Seconds, seconds, unixMillis } from '../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 23, 12));

describe('Retry-After', () => {
  it.each<[string | readonly string[] | undefined, Seconds | undefined]>([
    ['2', seconds(2)],
    [' 120 ', seconds(120)],
    ['\t120', seconds(120)],
    ['0', seconds(0)],
    ['0120', seconds(120)],
    // Decimals are outside the specification, and common.
    ['1.5', seconds(2)],
    ['120.0', seconds(120)],
    ['0.001', seconds(1)],
    ['3.', seconds(3)],
    ['999999999999999999999', maxRetryAfter],
    ['9'.repeat(400), maxRetryAfter],
    // The notation of a program for a very large number.
    ['1e3', seconds(1000)],
    ['1e+21', maxRetryAfter],
    ['1e99', maxRetryAfter],
    ['1E999', maxRetryAfter],
    ['Mon, 23 Nov 2026 12:00:30 GMT', seconds(30)],
    ['Mon, 23 Nov 2026 12:00:30 UTC', seconds(30)],
    ['Mon, 23 Nov 2026 11:00:00 GMT', seconds(0)],
    ['Tue, 24 Nov 2026 12:00:00 GMT', maxRetryAfter],
    ['Monday, 23-Nov-26 12:00:30 GMT', seconds(30)],
    ['Mon, 23-Nov-2026 12:00:30 GMT', seconds(30)],
    ['Mon Nov 23 12:00:30 2026', seconds(30)],
    ['Mon Nov  3 12:00:30 2025', seconds(0)],
    ['2026-11-23T12:00:30Z', seconds(30)],
    // A year of two digits is at most 50 years ahead: 1994, not 2094.
    ['Sunday, 06-Nov-94 08:49:37 GMT', seconds(0)],
    ['Tuesday, 24-Nov-76 12:00:00 GMT', seconds(0)],
    ['Sunday, 22-Nov-76 12:00:00 GMT', maxRetryAfter],
    [['5', '120', '60'], seconds(120)],
    [['soon', '7'], seconds(7)],
    ['5, 120', seconds(120)],
    ['120, soon', seconds(120)],
    [' Mon, 23 Nov 2026 12:00:30 GMT ', seconds(30)],
    [[], undefined],
    ['', undefined],
    ['-1', undefined],
    ['-0.5', undefined],
    ['+5', undefined],
    ['1e-3', undefined],
    ['.5', undefined],
    ['0x10', undefined],
    ['5 s', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['soon', undefined],
    ['Mon, 99 Nov 2026 12:00:30 GMT', undefined],
    ['Mon, 31 Feb 2027 12:00:30 GMT', undefined],
    ['Mon, 23 Nov 2026 25:00:30 GMT', undefined],
    ['Mon, 23 Foo 2026 12:00:30 GMT', undefined],
    ['Mon, 23 Nov 2026 12:00:30 +0200', undefined],
    [undefined, undefined],
  ])('Retry-After %j asks for %j seconds', (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });

  it('Retry-After with a date is rounded up, never early', () => {
    expect(parseRetryAfter('Mon, 23 Nov 2026 12:00:30 GMT', unixMillis(now + 1))).toBe(30);
  });

  const hostile = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.date({ noInvalidDate: false }).map(String),
    fc.stringMatching(/^[0-9eE+., :-]{0,40}$/),
  );

  it('Retry-After of any text is whole seconds from 0 to 6 hours, or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.array(hostile)), (header) => {
        const asked = parseRetryAfter(header, now) ?? 0;
        expect(Number.isInteger(asked)).toBe(true);
        expect(asked).toBeGreaterThanOrEqual(0);
        expect(asked).toBeLessThanOrEqual(maxRetryAfter);
      }),
    );
  });

  it('Retry-After with any instant means the same in all three formats', () => {
    const instants = fc.integer({ min: 0, max: 10_000 }).map((ahead) => new Date(now + ahead * 1000));
    fc.assert(
      fc.property(instants, (at) => {
        const imf = at.toUTCString();
        const [, day = '', month = '', year = '', time = ''] = imf.split(' ');
        const rfc850 = `Monday, ${day}-${month}-${year.slice(2)} ${time} GMT`;
        const asctime = `Mon ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
        const asked = (at.getTime() - now) / 1000;
        expect([imf, rfc850, asctime].map((text) => parseRetryAfter(text, now))).toEqual([
          asked,
          asked,
          asked,
        ]);
      }),
    );
  });

  it('Retry-After may have any number of values', () => {
    const values = [...Array.from({ length: 200_000 }, () => '5'), '7'];

    expect(parseRetryAfter(values, unixMillis(0))).toBe(7);
  });
});
