import type { UnixMillis } from '../time.ts';
import { readInstant } from './instant.ts';
import { headerName, type SignatureFormat, type SignatureScheme } from './scheme.ts';

/** The signature headers of a request, from one header family, before they are verified. */
export interface SignatureClaim {
  /** The family's prefix; empty for a scheme without families. */
  readonly family: string;
  readonly id?: string;
  /** The header's text, as it is signed. */
  readonly timestamp?: string;
  /** The parsed timestamp. */
  readonly signedAt?: UnixMillis;
  readonly signatures: readonly VersionedSignature[];
}

/** One signature with the version of its scheme. */
export interface VersionedSignature {
  readonly version: string;
  readonly text: string;
}

/** Senders list one signature for each active secret; a longer list only costs CPU time. */
const maxSignatures = 20;

/** Reads the signature headers of a request. @returns the claim, or why there is none */
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

/** Returns the first family whose headers are all present. */
function wholeFamily(scheme: SignatureScheme, headers: ReadonlyMap<string, string>): string | undefined {
  const needed = [signatureHeader(scheme, headers), scheme.idHeader, scheme.timestampHeader].filter(
    (name) => name !== undefined,
  );
  return (scheme.families ?? ['']).find((family) =>
    needed.every((name) => headers.get(headerName(name, family))),
  );
}

/** Returns any of the numbered headers: when a key is removed, the others keep their numbers. */
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

/** Schemes of `Authorization` are case-insensitive (RFC 9110, 11.1). */
const hasPrefix = (value: string, { prefix, anyCase }: SingleFormat): boolean =>
  anyCase ? value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase() : value.startsWith(prefix);

function readFields(
  fields: readonly string[],
  timestampField: string | undefined,
): HeaderContent | undefined {
  const entries = fields.map((field) => splitAtFirst(field.trim(), '='));
  if (timestampField === undefined) return { signatures: entries };
  const timestamps = entries.filter(({ version }) => version === timestampField);
  // Two timestamps mean two joined headers, and it is unknown which one is signed.
  if (timestamps.length !== 1) return undefined;
  return { timestamp: timestamps[0]?.text, signatures: entries };
}

function splitAtFirst(text: string, separator: string): VersionedSignature {
  const at = text.indexOf(separator);
  return at < 0 ? { version: text, text: '' } : { version: text.slice(0, at), text: text.slice(at + 1) };
}
