import ipaddr from 'ipaddr.js';

/**
 * Checks an address against an allow-list.
 *
 * A v4-mapped v6 address (`::ffff:192.0.2.1`) counts as the v4 address.
 *
 * @param cidrs v4 and v6 ranges; an empty list allows every address
 * @returns false for an invalid address
 */
export function isAllowedAddress(address: string, cidrs: readonly string[]): boolean {
  if (cidrs.length === 0) return true;
  if (!ipaddr.isValid(address)) return false;
  const candidate = ipaddr.process(address);
  return cidrs.some((cidr) => {
    const [range, bits] = ipaddr.parseCIDR(cidr);
    return range.kind() === candidate.kind() && candidate.match(range, bits);
  });
}
