import type { UnixMillis } from '../time.ts';
import { readInstant } from './instant.ts';
import { headerName, type SignatureFormat, type SignatureScheme } from './scheme.ts';

/** What a request claims about itself, taken from one header family. */
export interface SignatureClaim {
  /** Prefix of the family; empty where a scheme has none. */
  readonly family: string;
  readonly id?: string;
  /** As it stood in the header: that text is what is signed. */
  readonly timestamp?: string;
  /** What the timestamp means. */
  readonly signedAt?: UnixMillis;
  readonly signatures: readonly VersionedSignature[];
}

/** One signature with the version of the scheme that it is of. */
export interface VersionedSignature {
  readonly version: string;
  readonly text: string;
}

/** Senders list one signature for each active secret; a list beyond this is an attempt to make us work. */
const maxSignatures = 20;

/** @returns the claim, or why there is none */
export function readSignature(
  scheme: SignatureScheme,
  headers: ReadonlyMap<string, string>,
): SignatureClaim | 'missing-header' | 'malformed-header' {
  const family = wholeFamily(scheme, headers);
  if (family === undefined) return 'missing-header';
  const find = (name: string | undefined) =>
    name === undefined ? undefined : headers.get(headerName(name, family));
  const header = headerContent(scheme, headers, find(scheme.header) ?? '');
  const signatures =
    header?.signatures.filter(({ version }) => Object.hasOwn(scheme.versions, version)) ?? [];
  const id = find(scheme.idHeader);
  const isWhole = signatures.length > 0 && signatures.length <= maxSignaturesOf(scheme);
  if (!isWhole || !isId(id, scheme) || !hasFixedHeaders(scheme, headers)) return 'malformed-header';
  const timestamp = find(scheme.timestampHeader) ?? header?.timestamp;
  if (!scheme.signed.includes('{timestamp}')) return { family, id, timestamp, signatures };
  const signedAt = readInstant(timestamp ?? '', scheme.timestampUnit ?? 'seconds');
  return signedAt === undefined ? 'malformed-header' : { family, id, timestamp, signedAt, signatures };
}

const maxSignaturesOf = ({ format }: SignatureScheme): number =>
  format.kind === 'numbered' ? format.upTo : maxSignatures;

/** A dot in the id would make the signed text ambiguous. */
const isId = (id: string | undefined, { idPattern = noDot }: SignatureScheme): boolean =>
  id === undefined || idPattern.test(id);

const hasFixedHeaders = (
  { fixedHeaders = {} }: SignatureScheme,
  headers: ReadonlyMap<string, string>,
): boolean => Object.entries(fixedHeaders).every(([name, value]) => headers.get(name) === value);

const noDot = /^[^.]*$/;

/** The first family of which every header is there. */
function wholeFamily(scheme: SignatureScheme, headers: ReadonlyMap<string, string>): string | undefined {
  const needed = [signatureHeader(scheme, headers), scheme.idHeader, scheme.timestampHeader].filter(
    (name) => name !== undefined,
  );
  return (scheme.families ?? ['']).find((family) =>
    needed.every((name) => headers.get(headerName(name, family))),
  );
}

/** Of numbered headers any one will do: a key may be removed, and the others keep their numbers. */
function signatureHeader({ header, format }: SignatureScheme, headers: ReadonlyMap<string, string>): string {
  if (format.kind !== 'numbered') return header;
  return numberedNames(header, format.upTo).find((name) => headers.get(name)) ?? `${header}1`;
}

const numberedNames = (header: string, upTo: number): string[] =>
  Array.from({ length: upTo }, (_, index) => `${header}${index + 1}`);

function numbered(header: string, upTo: number, headers: ReadonlyMap<string, string>): HeaderContent {
  const values = numberedNames(header, upTo).map((name) => headers.get(name));
  return {
    signatures: values.filter((text) => text !== undefined).map((text) => ({ version: 'only', text })),
  };
}

const headerContent = (
  { header, format }: SignatureScheme,
  headers: ReadonlyMap<string, string>,
  value: string,
): HeaderContent | undefined =>
  format.kind === 'numbered' ? numbered(header, format.upTo, headers) : readHeader(value, format);

type SingleFormat = Extract<SignatureFormat, { kind: 'single' }>;

interface HeaderContent {
  readonly timestamp?: string;
  readonly signatures: readonly VersionedSignature[];
}

function readHeader(
  value: string,
  format: Exclude<SignatureFormat, { kind: 'numbered' }>,
): HeaderContent | undefined {
  switch (format.kind) {
    case 'single':
      if (!hasPrefix(value, format)) return undefined;
      return { signatures: [{ version: 'only', text: value.slice(format.prefix.length) }] };
    case 'fields':
      return readFields(value.split(format.separator), format.timestampField);
    case 'positional': {
      const [timestamp, ...texts] = value.split(',');
      return { timestamp, signatures: texts.map((text) => ({ version: 'only', text: text.trim() })) };
    }
    case 'list':
      return {
        signatures: value.split(format.commas ? /,? / : ' ').map((entry) => splitAtFirst(entry, ',')),
      };
  }
}

/** The scheme of `Authorization` is the same in any case (RFC 9110, 11.1). */
const hasPrefix = (value: string, { prefix, anyCase }: SingleFormat): boolean =>
  anyCase ? value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase() : value.startsWith(prefix);

function readFields(
  fields: readonly string[],
  timestampField: string | undefined,
): HeaderContent | undefined {
  const entries = fields.map((field) => splitAtFirst(field.trim(), '='));
  if (timestampField === undefined) return { signatures: entries };
  const timestamps = entries.filter(({ version }) => version === timestampField);
  // Two timestamps come from two headers joined into one: there is no telling which one is signed.
  if (timestamps.length !== 1) return undefined;
  return { timestamp: timestamps[0]?.text, signatures: entries };
}

function splitAtFirst(text: string, separator: string): VersionedSignature {
  const at = text.indexOf(separator);
  return at < 0 ? { version: text, text: '' } : { version: text.slice(0, at), text: text.slice(at + 1) };
}
