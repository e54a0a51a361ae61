import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAddress, checkUrl } from '../../lambdas/domain/destination-rules.ts';
import { parseRefusedRanges } from '../../lambdas/domain/refused-ranges.ts';

const ranges = parseRefusedRanges('8.8.0.0/16,,2600:1f00::/24,10.0.0.0/8');

describe('the ranges of the network that requests leave from', () => {
  it.each([
    '8.8.8.8',
    '8.8.0.0',
    '8.8.255.255',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2600:1f00::1',
    '2600:1fff:ffff::1',
  ])('an address in one of the ranges is refused though it is public: %s', (address) => {
    expect(checkAddress(address, ranges)).toMatchObject({ ok: false, isLiteral: false });
    expect(checkAddress(address)).toEqual({ ok: true });
  });

  it.each(['8.9.0.0', '8.7.255.255', '::ffff:8.9.8.8', '2600:2000::1', '93.184.216.34'])(
    'an address beside the ranges is allowed: %s',
    (address) => {
      expect(checkAddress(address, ranges)).toEqual({ ok: true });
    },
  );

  it('a URL with such an address is refused as it is written', () => {
    const rules = { localEndpoints: false, allowedPorts: [443], refusedRanges: ranges };

    expect(checkUrl('https://8.8.8.8/', rules)).toMatchObject({
      ok: false,
      isLiteral: true,
      reason: '8.8.8.8 is not a public address (of our own network)',
    });
    expect(checkUrl('https://[::ffff:8.8.8.8]/', rules).ok).toBe(false);
    expect(checkUrl('https://134744072/', rules).ok).toBe(false);
    expect(checkUrl('https://8.9.8.8/', rules).ok).toBe(true);
  });

  it('a range that refuses nothing is none: an address that is not public stays refused', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [without, within] = [checkAddress(address), checkAddress(address, ranges)];
        if (!without.ok) expect(within.ok).toBe(false);
      }),
    );
  });

  it('no ranges are an empty text', () => {
    expect(parseRefusedRanges('')).toEqual([]);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', 'vpc-1', '10.0.0.0/16;8.8.8.0/24', ' 10.0.0.0/16'])(
    'a part that is not a range stops the function, with its text: %j',
    (text) => {
      expect(() => parseRefusedRanges(`10.1.0.0/16,${text}`)).toThrow(
        `REFUSED_RANGES has '${text}', which is not a range such as 10.0.0.0/16; correct outbound.egress and deploy the stack again`,
      );
    },
  );
});
