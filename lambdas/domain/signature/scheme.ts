import type { Encoding } from './encoding.ts';

/** How one kind of signature is computed. */
export type Algorithm =
  | { readonly key: 'hmac'; readonly hash: 'sha1' | 'sha256' | 'sha512'; readonly encoding: Encoding }
  | { readonly key: 'ed25519'; readonly encoding: Encoding }
  /** ECDSA over SHA-256, the signature in DER. */
  | { readonly key: 'ecdsa-p256'; readonly encoding: Encoding }
  /** No signature: the header contains the secret itself, so only TLS protects the body. */
  | { readonly key: 'token'; readonly encoding: Encoding };

/** The format of a signature header. */
export type SignatureFormat =
  /** `sha256=<signature>`: one signature after a fixed prefix. */
  | { readonly kind: 'single'; readonly prefix: string; readonly anyCase?: boolean }
  /** `t=<timestamp>,v1=<signature>,v1=<signature>`: fields in any order; unknown ones are ignored. */
  | { readonly kind: 'fields'; readonly separator: ',' | ';'; readonly timestampField?: string }
  /** `<timestamp>,<signature>,<signature>`: by position. The only version is `only`. */
  | { readonly kind: 'positional' }
  /** `v1,<signature> v1a,<signature>`: a list of versioned signatures. `commas`: a comma may also end an entry. */
  | { readonly kind: 'list'; readonly commas?: boolean }
  /** One header for each signature: the name, then a number from 1 to `upTo`. */
  | { readonly kind: 'numbered'; readonly upTo: number };

/** The format of a timestamp: unix seconds, unix milliseconds, or RFC 3339 with a zone. */
export type TimestampUnit = 'seconds' | 'milliseconds' | 'iso';

/**
 * A placeholder in `signed`, filled from the request. `decodedUrl` is the URL with the escapes decoded that HubSpot
 * decodes.
 */
export type SignedPart = 'id' | 'timestamp' | 'body' | 'method' | 'url' | 'decodedUrl';

/**
 * How a provider builds, encodes and transmits signatures, as data.
 *
 * A leading `*` in a header name stands for the family's prefix: `*id` is `webhook-id` or `svix-id`.
 */
export interface SignatureScheme {
  /** Prefixes of whole header families, the preferred one first; families are never mixed. */
  readonly families?: readonly string[];
  readonly header: string;
  readonly format: SignatureFormat;
  /** The algorithm of each version in the header; `single` has one version, `only`. Other versions are ignored. */
  readonly versions: Readonly<Record<string, Algorithm>>;
  /** The signed text, e.g. `{timestamp}.{body}`. */
  readonly signed: string;
  /** The header of `{id}`. */
  readonly idHeader?: string;
  /** The format of an id, needed when no separator follows it. @default anything without a dot */
  readonly idPattern?: RegExp;
  /** Headers that must have exactly these values, e.g. the version of the scheme. */
  readonly fixedHeaders?: Readonly<Record<string, string>>;
  /** The header of `{timestamp}`, unless it is a field of the signature's header. */
  readonly timestampHeader?: string;
  /** The format of `{timestamp}`. @default 'seconds' */
  readonly timestampUnit?: TimestampUnit;
  /** Seconds that `{timestamp}` may be in the future, if fewer than the tolerance. @default the tolerance */
  readonly aheadAtMost?: number;
}

/** The name of a header in a family. */
export const headerName = (name: string, family: string): string =>
  name.startsWith('*') ? family + name.slice(1) : name;
