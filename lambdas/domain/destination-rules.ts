import ipaddr from 'ipaddr.js';
import type { OutboundSettings } from './outbound-settings.ts';
import { isRefused, type RefusedRanges } from './refused-ranges.ts';
import { readUrl } from './url-text.ts';

/** The settings that decide where requests may go. */
export type DestinationRules = Pick<OutboundSettings, 'localEndpoints' | 'allowedPorts'> & {
  /** The ranges of the network that the requests leave from. @default none */
  readonly refusedRanges?: RefusedRanges;
};

/** Whether an address is allowed. */
export type DestinationCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly isLiteral: boolean };

/** A checked endpoint URL, before its name is resolved. */
export type UrlCheck =
  | { readonly ok: true; readonly url: URL; readonly isLocal: boolean }
  | { readonly ok: false; readonly reason: string; readonly isLiteral: boolean };

const ok: DestinationCheck = { ok: true };
/** A refusal of the URL itself. It is permanent, unlike the refusal of a resolved address. */
const refused = (reason: string) => ({ ok: false, reason, isLiteral: true }) as const;

/**
 * Checks an endpoint's URL before its name is resolved. Ignores blanks around it.
 *
 * The parser normalises decimal, octal and hexadecimal spellings of an address first.
 */
export function checkUrl(text: string, rules: DestinationRules): UrlCheck {
  const read = readUrl(text);
  if (!read.ok) return refused(read.reason);
  const { url } = read;
  const isLocal = rules.localEndpoints && isLocalHost(hostOf(url));
  const reason = isLocal ? checkLocal(url) : checkPublic(url, rules);
  return reason === undefined ? { ok: true, url, isLocal } : refused(reason);
}

/** @returns why a public URL is refused; undefined when it is allowed */
function checkPublic(url: URL, { allowedPorts, refusedRanges }: DestinationRules): string | undefined {
  const host = hostOf(url);
  const port = Number(url.port || 443);
  if (url.protocol !== 'https:') return 'only https is allowed';
  if (!allowedPorts.includes(port)) return `port ${port} is not allowed`;
  const address = ipaddr.isValid(host) ? checkAddress(host, refusedRanges) : ok;
  return address.ok ? undefined : address.reason;
}

const checkLocal = ({ protocol }: URL): string | undefined =>
  protocol === 'http:' || protocol === 'https:' ? undefined : 'only http and https are allowed';

/** A URL's host, without the brackets of a v6 address and the full stop at the end of a name. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/** @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
const isLocalHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);

/** Whether an address is a loopback address. */
export const isLoopback = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';

/**
 * Checks an address before connecting to it: it must be public unicast.
 *
 * A v6 address with an embedded v4 address (mapped or NAT64) is judged by the v4 address.
 *
 * @param refusedRanges also refused, even if they are public
 */
export function checkAddress(address: string, refusedRanges: RefusedRanges = []): DestinationCheck {
  if (!ipaddr.isValid(address)) return notPublic(address, 'unreadable');
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return checkRange(address, parsed, refusedRanges);
  const v6 = ipaddr.IPv6.parse(address);
  const embedded = embeddedV4(v6);
  if (embedded !== undefined) return checkRange(address, embedded, refusedRanges);
  // All other publicly routed addresses are in this range.
  return v6.match(v6Ranges().globalUnicast)
    ? checkRange(address, v6, refusedRanges)
    : notPublic(address, 'not global unicast');
}

/** Parsed at the first v6 address, because a cold start would wait for the regular expressions. */
let ranges: Record<'globalUnicast' | 'nat64', ReturnType<typeof ipaddr.IPv6.parseCIDR>> | undefined;
function v6Ranges() {
  ranges ??= {
    globalUnicast: ipaddr.IPv6.parseCIDR('2000::/3'),
    // https://www.rfc-editor.org/rfc/rfc6052
    nat64: ipaddr.IPv6.parseCIDR('64:ff9b::/96'),
  };
  return ranges;
}

function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.match(v6Ranges().nat64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : undefined;
}

function checkRange(
  address: string,
  judged: ipaddr.IPv4 | ipaddr.IPv6,
  refusedRanges: RefusedRanges,
): DestinationCheck {
  const range = judged.range();
  if (range !== 'unicast') return notPublic(address, range);
  return isRefused(judged, refusedRanges) ? notPublic(address, 'of our own network') : ok;
}

const notPublic = (address: string, range: string): DestinationCheck => ({
  ok: false,
  reason: `${address} is not a public address (${range})`,
  isLiteral: false,
});
