import * as v from 'valibot';
import { type MasterKey, openText, type SealedText, sealedBytes, sealText } from './sealed-text.ts';

/** What an endpoint's headers are kept as: sealed by name; in the clear in items of version 0.1.0, until their next write. */
export type KeptHeaders = Readonly<Record<string, SealedText | string>>;
/** Headers as they are sent. */
export type OpenHeaders = Readonly<Record<string, string>>;

/** A JWT has up to 4 KB. */
const maxValueBytes = 4096;
/** Names and values together: many servers take 8 to 16 KB of headers, and an item of DynamoDB has 400 KB. */
const maxTotalBytes = 16 * 1024;
const maxHeaders = 16;

/**
 * A header may not say what the request itself says or what is for one hop only, nor speak for Hookline.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
const reservedHeader =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|expect|content-(length|type|encoding|range)|accept-encoding|user-agent|date|webhook-.*|x-webhook-.*)$/i;

/** Names that every object of JavaScript has: a map cannot hold them. */
export const namesOfObjects = ['__proto__', 'constructor', 'prototype'];

const HeaderName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/,
    'a header’s name: 1 to 64 of letters, digits and - _ . and the like',
  ),
  v.check(
    (name) => !reservedHeader.test(name),
    'a header that is yours to set: Hookline or HTTP itself sets this one',
  ),
);
const HeaderValue = v.pipe(
  v.string(),
  v.trim(),
  v.regex(
    /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/,
    'visible ASCII characters, with blanks between them',
  ),
  v.maxLength(maxValueBytes, `at most ${maxValueBytes} characters`),
);

const namedOnce = <Value>() =>
  v.check(
    (headers: Readonly<Record<string, Value>>) =>
      new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length,
    'each header once: X-Key and x-key are the same',
  );
const atMostSixteen = <Value>() =>
  v.check(
    (headers: Readonly<Record<string, Value>>) => Object.keys(headers).length <= maxHeaders,
    `at most ${maxHeaders} of them`,
  );
const totalRule = `at most ${maxTotalBytes} bytes of names and values`;

/** The headers of a new endpoint. */
export const NewHeaders = v.pipe(
  v.record(HeaderName, HeaderValue),
  namedOnce(),
  atMostSixteen(),
  v.check((headers) => totalBytes(headers) <= maxTotalBytes, totalRule),
);
/** Changes of headers: those that are not named stay, and null takes one away. */
export const HeaderChanges = v.pipe(v.record(HeaderName, v.nullable(HeaderValue)), namedOnce());
export type HeaderChanges = v.InferOutput<typeof HeaderChanges>;

/** Whose they are. */
interface Owner {
  readonly tenant: string;
  readonly id: string;
}

/** Neither another endpoint's, nor another header, nor a secret: the list is longer than a secret's. */
const placeOf = ({ tenant, id }: Owner, name: string) => [tenant, id, 'header', name.toLowerCase()];

/** Seals the values that are not sealed. */
export const sealHeaders = (headers: KeptHeaders, master: MasterKey, owner: Owner): KeptHeaders =>
  mapped(headers, (value, name) =>
    typeof value === 'string' ? sealText(value, master, placeOf(owner, name)) : value,
  );

/** Opens one value. @throws Error when it was sealed under another master key, for another place, or was changed */
export const openHeader = (sealed: SealedText, master: MasterKey, owner: Owner, name: string): string =>
  openText(sealed, master, placeOf(owner, name));

/** The headers with changes made to them; a change may spell a name in another case. */
export function changedHeaders(headers: KeptHeaders, changes: HeaderChanges | null): KeptHeaders {
  if (changes === null) return {};
  const named = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = Object.entries(headers).filter(([name]) => !named.has(name.toLowerCase()));
  const set = Object.entries(changes).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return Object.fromEntries([...kept, ...set]);
}

/** Checks number and size of all headers together. @returns what is wrong; undefined when nothing is */
export function checkHeaderTotals(headers: KeptHeaders): string | undefined {
  const count = Object.keys(headers).length;
  if (count > maxHeaders) return `expected at most ${maxHeaders} of them, got ${count}`;
  const bytes = totalBytes(headers);
  return bytes > maxTotalBytes ? `expected ${totalRule}, got ${bytes}` : undefined;
}

const totalBytes = (headers: KeptHeaders): number =>
  Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + bytesOf(value), 0);

const bytesOf = (value: SealedText | string): number =>
  typeof value === 'string' ? value.length : sealedBytes(value);

/** The same names with other values. */
export const mapped = <From, To>(
  headers: Readonly<Record<string, From>>,
  to: (value: From, name: string) => To,
): Readonly<Record<string, To>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, to(value, name)]));
