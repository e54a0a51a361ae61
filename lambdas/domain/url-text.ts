/** A parsed URL, or why the text was refused. */
export type ReadUrl =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: string };

/** Many servers and proxies respond 414 to longer URLs. */
export const maxUrlLength = 2048;

const unreadable = 'expected a URL, e.g. https://example.com/path';

/** Blanks, control characters, direction marks and zero-width characters. A parser silently drops some of them. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u;
/** Everything between the scheme and the path. */
const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i;
/** @see https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const maxHostLength = 253;
const dnsLabel = /^[a-z0-9_-]{1,63}$/;

/**
 * Reads a URL more strictly than the WHATWG parser, which accepts `https:example.com`, backslashes, and line breaks in
 * the middle. Then a person could see another host than the one that gets the request.
 *
 * Ignores blanks around the URL, and removes the full stop at the end of a host name, which TLS does not accept.
 */
export function readUrl(text: string): ReadUrl {
  const typed = text.trim();
  const [, host] = authority.exec(typed) ?? [];
  const wrongText = checkText(typed, host);
  if (wrongText !== undefined) return { ok: false, reason: wrongText };
  const url = URL.parse(typed);
  if (url === null) return { ok: false, reason: unreadable };
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  const wrongUrl = checkParsed(url);
  return wrongUrl === undefined ? { ok: true, url } : { ok: false, reason: wrongUrl };
}

/** @returns why the text is refused; undefined when it may be a URL */
function checkText(text: string, host: string | undefined): string | undefined {
  if (text.length > maxUrlLength) return tooLong(text);
  if (unseen.test(text)) return 'expected a URL without blanks and invisible characters';
  if (text.includes('\\')) return 'expected a URL without backslashes';
  if (host === undefined) return unreadable;
  if (host.includes('@')) return 'expected a URL without a user name or password';
  if (host.includes('%')) return 'expected a host name without percent-encoding';
  return isPort(/:([^:\]]*)$/.exec(host)?.[1] ?? '') ? undefined : noPort;
}

/** @returns why the parsed URL is refused; undefined when it is valid */
function checkParsed({ href, hostname, port }: URL): string | undefined {
  if (href.length > maxUrlLength) return tooLong(href);
  if (port === '0') return noPort;
  return hostname.startsWith('[') || isName(hostname) ? undefined : 'expected a host name, e.g. example.com';
}

const isName = (hostname: string): boolean =>
  hostname.length <= maxHostLength && hostname.split('.').every((label) => dnsLabel.test(label));

const noPort = 'expected a port from 1 to 65535';
/** No digits mean the scheme's default port. */
const isPort = (text: string): boolean => /^\d*$/.test(text) && Number(text) <= 65_535;

const tooLong = (text: string): string =>
  `expected a URL of at most ${maxUrlLength} characters when it is percent-encoded, got ${text.length}`;
