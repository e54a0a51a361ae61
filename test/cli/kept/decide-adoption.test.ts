import { describe, expect, it, test } from 'vitest';
import { decideAdoption, type SecretAdoption } from '../../../cli/kept/decide-adoption.ts';
import { days, later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';

const now = unixMillis(1_795_580_000_000);
const hoursAgo = (hours: number) => later(now, seconds(-hours * 3600));
const version = (value: string, hours = 100) => ({ value, createdAt: hoursAgo(hours) });
const whsec = (letter: string) => `whsec_${letter.repeat(32)}`;

const adoption = (changed: Partial<SecretAdoption>): SecretAdoption => ({
  format: 'text',
  kept: { current: version('key-1'), previous: undefined },
  own: undefined,
  rotationOverlap: days(1),
  now,
  isConfirmed: false,
  ...changed,
});

const store = (values: readonly string[], withPrevious = false, isOverwriting = false) => ({
  kind: 'store',
  values,
  withPrevious,
  isOverwriting,
});

test('the current value of a secret becomes that of the new secret', () => {
  expect(decideAdoption(adoption({}))).toEqual(store(['key-1']));
});

describe('the previous value', () => {
  const rotated = (hours: number) => ({ current: version('key-2', hours), previous: version('key-1', 999) });

  it('the previous value is stored first while the overlap of its rotation lasts', () => {
    expect(decideAdoption(adoption({ kept: rotated(23.9) }))).toEqual(store(['key-1', 'key-2'], true));
  });

  it('the previous value is dropped when the overlap is over, even if the source has its own', () => {
    expect(decideAdoption(adoption({ kept: rotated(24) }))).toEqual(store(['key-2']));
    const rotationOverlap = seconds(600);
    expect(decideAdoption(adoption({ kept: rotated(1), rotationOverlap }))).toEqual(store(['key-2']));
  });

  it.each(['', 'unset', '{"awaitHandshakeUntil":"2026-11-25T00:00:00Z"}'])(
    'the previous value is dropped when it is invalid: %j',
    (value) => {
      const kept = { current: version('key-2', 1), previous: version(value) };
      expect(decideAdoption(adoption({ kept }))).toEqual(store(['key-2']));
    },
  );

  it('the previous value is dropped when the current value lists its keys itself', () => {
    const list = '{"keys":[{"key":"key-2"}]}';
    const kept = { current: version(list, 1), previous: version('key-1') };
    expect(decideAdoption(adoption({ kept }))).toEqual(store([list]));
  });

  it('the previous value does not replace a secret that the source has', () => {
    const own = version('other');
    expect(decideAdoption(adoption({ kept: rotated(1), own, isConfirmed: true }))).toEqual(
      store(['key-2'], false, true),
    );
  });

  it('the previous value that a killed run has stored lets the next run continue', () => {
    const own = version('key-1', 0);
    expect(decideAdoption(adoption({ kept: rotated(1), own }))).toEqual(store(['key-2'], true));
  });
});

describe('a source that has a secret', () => {
  const own = version('other', 1);

  it('a source that has a secret keeps it without --yes', () => {
    expect(decideAdoption(adoption({ own }))).toEqual({
      kind: 'refuse',
      asks: true,
      reason: 'the source has a secret with another value already',
    });
  });

  it('a source that has a secret loses it with --yes', () => {
    expect(decideAdoption(adoption({ own, isConfirmed: true }))).toEqual(store(['key-1'], false, true));
  });

  it('a source that has the same secret is unchanged', () => {
    expect(decideAdoption(adoption({ own: version('key-1') }))).toEqual({ kind: 'done' });
    expect(decideAdoption(adoption({ own: version('key-1'), isConfirmed: true }))).toEqual({ kind: 'done' });
  });

  it.each(['', 'unset', '{"awaitHandshakeUntil":"2026-11-25T00:00:00Z"}'])(
    'a source whose secret is invalid gets the one that was left: %j',
    (value) => {
      expect(decideAdoption(adoption({ own: version(value) }))).toEqual(store(['key-1']));
    },
  );
});

describe('is refused, with and without --yes, and its text is nowhere', () => {
  it.each([
    ['no value', undefined, 'it has no value'],
    ['an empty value', '', 'it has no value'],
    ['a placeholder', 'unset', 'not a secret of this source’s provider; expected the provider'],
    ['a secret of another provider', 'not-a-whsec-value', 'not a secret of this source’s provider'],
  ])('%s is refused, with and without --yes, and its text is nowhere', (_, value, reason) => {
    const kept = { current: value === undefined ? undefined : version(value), previous: undefined };
    for (const isConfirmed of [false, true]) {
      const decision = decideAdoption(
        adoption({ format: 'whsec', kept, own: version(whsec('a')), isConfirmed }),
      );

      expect(decision).toEqual({ kind: 'refuse', reason: expect.stringContaining(reason) });
      if (value) expect(JSON.stringify(decision)).not.toContain(value);
    }
  });
});
