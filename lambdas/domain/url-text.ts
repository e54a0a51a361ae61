/** A text read as an HTTP URL, or why it is not one. */
export type ReadUrl =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: string };

/** Beyond it servers and proxies answer 414. */
export const maxUrlLength = 2048;

const unreadable = 'expected a URL as https://example.com/path';

/** Blanks, controls, marks of direction and what has no width: a parser drops some of them in silence. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u;
/** From the scheme to the path. */
const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i;
/** @see https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const maxHostLength = 253;
const dnsLabel = /^[a-z0-9_-]{1,63}$/;

/**
 * Reads a URL more strictly than the WHATWG parser, which guesses: it takes `https:example.com`, backslashes, and line
 * breaks in the middle, so that what is shown to a person is another place than where a request goes.
 *
 * Blanks around it are no part of it, nor is the full stop that ends a complete name: TLS knows names without it.
 */
export function readUrl(text: string): ReadUrl {
  const typed = text.trim();
  const [, host] = authority.exec(typed) ?? [];
  const reason = refusalOfText(typed, host);
  if (reason !== undefined) return { ok: false, reason };
  const url = URL.parse(typed);
  if (url === null) return { ok: false, reason: unreadable };
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  const refused = refusalOfUrl(url);
  return refused === undefined ? { ok: true, url } : { ok: false, reason: refused };
}

function refusalOfText(text: string, host: string | undefined): string | undefined {
  if (text.length > maxUrlLength) return tooLong(text);
  if (unseen.test(text)) return 'expected a URL without blanks and characters that cannot be seen';
  if (text.includes('\\')) return 'expected a URL without backslashes';
  if (host === undefined) return unreadable;
  if (host.includes('@')) return 'expected a URL without a user name or password';
  if (host.includes('%')) return 'expected a host name without percent-encoding';
  return isPort(/:([^:\]]*)$/.exec(host)?.[1] ?? '') ? undefined : noPort;
}

function refusalOfUrl({ href, hostname, port }: URL): string | undefined {
  if (href.length > maxUrlLength) return tooLong(href);
  if (port === '0') return noPort;
  return hostname.startsWith('[') || isName(hostname)
    ? undefined
    : 'expected the name of a host, as example.com';
}

const isName = (hostname: string): boolean =>
  hostname.length <= maxHostLength && hostname.split('.').every((label) => dnsLabel.test(label));

const noPort = 'expected a port from 1 to 65535';
/** Without digits it is the scheme's own; a parser reads 0. */
const isPort = (text: string): boolean => /^\d*$/.test(text) && Number(text) <= 65_535;

const tooLong = (text: string): string =>
  `expected a URL of at most ${maxUrlLength} characters when it is percent-encoded, got ${text.length}`;
