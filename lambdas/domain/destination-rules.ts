import ipaddr from 'ipaddr.js';
import type { OutboundSettings } from './outbound-settings.ts';
import { readUrl } from './url-text.ts';

/** The part of the settings that says where requests may go. */
export type DestinationRules = Pick<OutboundSettings, 'localEndpoints' | 'allowedPorts'>;

/** Whether a request may go somewhere. */
export type DestinationCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly isLiteral: boolean };

/** Where a URL of an endpoint leads, as far as the URL tells. */
export type UrlCheck =
  | { readonly ok: true; readonly url: URL; readonly isLocal: boolean }
  | { readonly ok: false; readonly reason: string; readonly isLiteral: boolean };

const ok: DestinationCheck = { ok: true };
/** What stands in the URL does not change by waiting, as what a name resolves to does. */
const refused = (reason: string) => ({ ok: false, reason, isLiteral: true }) as const;

/**
 * Checks an endpoint's URL before anything is resolved; blanks around it are no part of it.
 *
 * The parser has turned decimal, octal and hexadecimal spellings of an address into the usual one by then.
 */
export function checkUrl(text: string, rules: DestinationRules): UrlCheck {
  const read = readUrl(text);
  if (!read.ok) return refused(read.reason);
  const { url } = read;
  const isLocal = rules.localEndpoints && isLocalHost(hostOf(url));
  const reason = isLocal ? refusalOfLocal(url) : refusalOf(url, rules);
  return reason === undefined ? { ok: true, url, isLocal } : refused(reason);
}

function refusalOf(url: URL, { allowedPorts }: DestinationRules): string | undefined {
  const host = hostOf(url);
  const port = Number(url.port || 443);
  if (url.protocol !== 'https:') return 'only https is allowed';
  if (!allowedPorts.includes(port)) return `port ${port} is not allowed`;
  const address = ipaddr.isValid(host) ? checkAddress(host) : ok;
  return address.ok ? undefined : address.reason;
}

const refusalOfLocal = ({ protocol }: URL): string | undefined =>
  protocol === 'http:' || protocol === 'https:' ? undefined : 'only http and https are allowed';

/** A URL's host: a v6 address without its brackets, a name without the full stop that may end it. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/** @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
const isLocalHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);

/** Whether an address is this machine's own. */
export const isLoopback = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';

/**
 * Checks an address that is about to be connected to: it must be public unicast.
 *
 * A v6 address that carries a v4 one, mapped or for NAT64, is as public as that.
 */
export function checkAddress(address: string): DestinationCheck {
  if (!ipaddr.isValid(address)) return notPublic(address, 'unreadable');
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return checkRange(address, parsed.range());
  const v6 = ipaddr.IPv6.parse(address);
  const carried = carriedV4(v6);
  if (carried !== undefined) return checkRange(address, carried.range());
  // Everything else that is routed publicly lies here.
  return v6.match(globalUnicast) ? checkRange(address, v6.range()) : notPublic(address, 'not global unicast');
}

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** @see https://www.rfc-editor.org/rfc/rfc6052 */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

function carriedV4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.match(nat64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : undefined;
}

const checkRange = (address: string, range: string): DestinationCheck =>
  range === 'unicast' ? ok : notPublic(address, range);

const notPublic = (address: string, range: string): DestinationCheck => ({
  ok: false,
  reason: `${address} is not a public address (${range})`,
  isLiteral: false,
});
