import * as v from 'valibot';
import type { EndpointId, TenantId } from './ids.ts';
import { type MasterKey, openText, type SealedText, sealedBytes, sealText } from './sealed-text.ts';

/** An endpoint's headers as stored: sealed, by name. Items of version 0.1.0 have plain text until their next write. */
export type KeptHeaders = Readonly<Record<string, SealedText | string>>;
/** Headers as they are sent. */
export type OpenHeaders = Readonly<Record<string, string>>;

/** A JWT has up to 4 KB. */
const maxValueBytes = 4096;
/** The limit of names and values together: many servers accept 8 to 16 KB of headers, and a DynamoDB item holds 400 KB. */
const maxTotalBytes = 16 * 1024;
const maxHeaders = 16;

/**
 * Names that are not allowed: those that the request itself needs, hop-by-hop headers, and Hookline's own.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
const reservedHeader =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|expect|content-(length|type|encoding|range)|accept-encoding|user-agent|date|webhook-.*|x-webhook-.*)$/i;

/** Names that every JavaScript object has, so that an object cannot hold them as keys. */
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
/** Changes of headers: null removes one, and headers that are not named stay. */
export const HeaderChanges = v.pipe(v.record(HeaderName, v.nullable(HeaderValue)), namedOnce());
export type HeaderChanges = v.InferOutput<typeof HeaderChanges>;

/** The endpoint that the headers belong to. */
interface Owner {
  readonly tenant: TenantId;
  readonly id: EndpointId;
}

/** Binds a value to its endpoint and header. It cannot be opened as a secret either, whose list is shorter. */
const placeOf = ({ tenant, id }: Owner, name: string) => [tenant, id, 'header', name.toLowerCase()];

/** Seals the values that are not sealed. */
export const sealHeaders = (headers: KeptHeaders, master: MasterKey, owner: Owner): KeptHeaders =>
  mapped(headers, (value, name) =>
    typeof value === 'string' ? sealText(value, master, placeOf(owner, name)) : value,
  );

/** Opens one value. @throws Error when it was sealed under another master key or for another place, or was changed */
export const openHeader = (sealed: SealedText, master: MasterKey, owner: Owner, name: string): string =>
  openText(sealed, master, placeOf(owner, name));

/** Applies changes to the headers. A change may spell a name in another case. */
export function changedHeaders(headers: KeptHeaders, changes: HeaderChanges | null): KeptHeaders {
  if (changes === null) return {};
  const named = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = Object.entries(headers).filter(([name]) => !named.has(name.toLowerCase()));
  const set = Object.entries(changes).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return Object.fromEntries([...kept, ...set]);
}

/** Checks the number and the size of all headers together. @returns the fault; undefined if both are allowed */
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
