import ipaddr from 'ipaddr.js';

/** Ranges of addresses that are never requested, beside those that are not public: the team's own network. */
export type RefusedRanges = readonly ReturnType<typeof ipaddr.parseCIDR>[];

/** The function's environment has a range that is not one. */
class RefusedRangesError extends Error {
  override name = 'RefusedRangesError' as const;
}

/**
 * Parses ranges.
 *
 * @param text v4 and v6 ranges, `10.0.0.0/16`, separated by commas; empty parts do not count, since a VPC may have no v6 range
 * @throws RefusedRangesError naming the part that is not a range; a guard that would not know it must not send
 */
export function parseRefusedRanges(text: string): RefusedRanges {
  const parts = text.split(',').filter((part) => part !== '');
  const wrong = parts.find((part) => !ipaddr.isValidCIDR(part));
  if (wrong !== undefined)
    throw new RefusedRangesError(
      `REFUSED_RANGES has '${wrong}', which is not a range such as 10.0.0.0/16; correct outbound.egress and deploy the stack again`,
    );
  return parts.map((part) => ipaddr.parseCIDR(part));
}

/** Whether an address is in one of the ranges. @param address a v6 address with an embedded v4 one is that one */
export const isRefused = (address: ipaddr.IPv4 | ipaddr.IPv6, ranges: RefusedRanges): boolean =>
  ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
