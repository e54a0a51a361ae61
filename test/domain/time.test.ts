import { describe, expect, it } from 'vitest';
import { parseInstant, toIsoInstant } from '../../lambdas/domain/time.ts';

describe('an instant', () => {
  it.each([
    ['2026-12-01T00:00:00Z', '2026-12-01T00:00:00.000Z'],
    ['2026-12-01T00:00+02:00', '2026-11-30T22:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('an instant is read: %s', (text, written) => {
    const at = parseInstant(text);

    expect(at === undefined ? undefined : toIsoInstant(at)).toBe(written);
  });

  it.each([
    '2026-12-01T00:00:00',
    '2026-12-01',
    '2026-13-01T00:00:00Z',
    'yesterday',
    '',
    // In another millennium, or before 1970, in UTC.
    '9999-12-31T23:59:59-23:59',
    '1970-01-01T00:00:00+00:01',
    '0000-01-01T00:00:00Z',
  ])('an instant is not %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});
