import { describe, expect, it } from 'vitest';
import { isAllowedAddress } from '../../lambdas/domain/ip-range.ts';

const github = ['192.30.252.0/22', '2a0a:a440::/29'];

describe('isAllowedAddress', () => {
  it.each([
    ['192.30.252.0', true],
    ['192.30.255.255', true],
    ['192.31.0.0', false],
    ['2a0a:a440::1', true],
    ['2a0a:a447:ffff::1', true],
    ['2a0a:a448::1', false],
    ['::ffff:192.30.252.1', true],
    ['::ffff:192.31.0.1', false],
    ['0:0:0:0:0:ffff:c01e:fc01', true],
    ['', false],
    ['unknown', false],
    ['192.30.252.1, 10.0.0.1', false],
  ])('isAllowedAddress: %s: %s', (address, allowed) => {
    expect(isAllowedAddress(address, github)).toBe(allowed);
  });

  it('isAllowedAddress allows every address without ranges', () => {
    expect(isAllowedAddress('198.51.100.7', [])).toBe(true);
  });
});
