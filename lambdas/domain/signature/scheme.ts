import type { Encoding } from './encoding.ts';

/** How one kind of signature is computed. */
export type Algorithm =
  | { readonly key: 'hmac'; readonly hash: 'sha1' | 'sha256' | 'sha512'; readonly encoding: Encoding }
  | { readonly key: 'ed25519'; readonly encoding: Encoding }
  /** ECDSA over SHA-256, the signature in DER. */
  | { readonly key: 'ecdsa-p256'; readonly encoding: Encoding }
  /** No signature: the header carries the secret itself, so the body is bound to nothing but the connection. */
  | { readonly key: 'token'; readonly encoding: Encoding };

/** How a header's value carries signatures. */
export type SignatureFormat =
  /** `sha256=<signature>`: one signature after a fixed prefix. */
  | { readonly kind: 'single'; readonly prefix: string; readonly anyCase?: boolean }
  /** `t=<timestamp>,v1=<signature>,v1=<signature>`: fields in any order; unknown ones are ignored. */
  | { readonly kind: 'fields'; readonly separator: ',' | ';'; readonly timestampField?: string }
  /** `<timestamp>,<signature>,<signature>`: the place says what is what; there is one version, `only`. */
  | { readonly kind: 'positional' }
  /** `v1,<signature> v1a,<signature>`: a list of versioned signatures. `commas`: a comma may end an entry, too. */
  | { readonly kind: 'list'; readonly commas?: boolean }
  /** One header for each signature: the name, then a number from 1 to this. */
  | { readonly kind: 'numbered'; readonly upTo: number };

/** How a provider writes an instant: unix seconds, unix milliseconds, or RFC 3339 with a zone. */
export type TimestampUnit = 'seconds' | 'milliseconds' | 'iso';

/** A placeholder of `signed`, filled from the request; `decodedUrl` is the URL without the escapes that HubSpot undoes. */
export type SignedPart = 'id' | 'timestamp' | 'body' | 'method' | 'url' | 'decodedUrl';

/**
 * How a provider builds, encodes and transmits signatures, as data.
 *
 * A header name that begins with `*` takes the family's prefix: `*id` is `webhook-id` or `svix-id`.
 */
export interface SignatureScheme {
  /** Prefixes of whole header families, the preferred one first; families are never mixed. */
  readonly families?: readonly string[];
  readonly header: string;
  readonly format: SignatureFormat;
  /** By version, as the format names it; `single` has one version, `only`. Versions that are not here do not count. */
  readonly versions: Readonly<Record<string, Algorithm>>;
  /** What is signed, e.g. `{timestamp}.{body}`. */
  readonly signed: string;
  /** The header of `{id}`. */
  readonly idHeader?: string;
  /** What an id looks like, where no separator ends it. @default anything without a dot */
  readonly idPattern?: RegExp;
  /** Headers that must say exactly this, e.g. the version of the scheme. */
  readonly fixedHeaders?: Readonly<Record<string, string>>;
  /** The header of `{timestamp}`, where it is not a field of the signature's header. */
  readonly timestampHeader?: string;
  /** How `{timestamp}` is written. @default 'seconds' */
  readonly timestampUnit?: TimestampUnit;
  /** Seconds that `{timestamp}` may be ahead, where that is less than the tolerance. @default the tolerance */
  readonly aheadAtMost?: number;
}

/** The header's name within a family. */
export const headerName = (name: string, family: string): string => name.replace(/^\*/, family);
