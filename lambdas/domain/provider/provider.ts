import type { SecretFormat } from '../signature/key.ts';
import type { SignatureScheme } from '../signature/scheme.ts';
import type { SourceSettings } from '../source.ts';

/** Where a field of an event stands. A header name that begins with `*` takes the prefix of the family that verified. */
export type FieldRule =
  | { readonly from: 'header'; readonly name: string }
  /** Dotted paths into the payload; the first that leads to a text or a number counts. */
  | { readonly from: 'body'; readonly paths: readonly string[] };

/** What the event id is: the provider's own id that stays the same on redelivery, or the hash of the body. */
export type IdRule = FieldRule | { readonly from: 'hash' };

/** How the body carries the payload: JSON, JSON or a form whose `payload` field is JSON, or whatever it is. */
export type BodyFormat = 'json' | 'json-or-form' | 'any';

/**
 * Everything that Hookline knows about a provider, as data: one row of the catalogue.
 *
 * Only what cannot be a row is code.
 */
export interface Provider {
  readonly secret: SecretFormat;
  readonly signature: SignatureScheme;
  readonly body: BodyFormat;
  /** The body is a JSON array and each element is an event of its own. */
  readonly batch?: boolean;
  readonly id: IdRule;
  readonly type: FieldRule;
  /** The type of an event without one; where it is not given, such a request is refused. */
  readonly typeWhenAbsent?: string;
  /** SQS message attributes beside `source` and `eventType`; an absent field is left out. */
  readonly attributes: Readonly<Record<string, FieldRule>>;
  /** Headers that reach the handler, beside `content-type` and `user-agent`. Never a signature or a credential. */
  readonly forward: readonly string[];
}

/** A configured source and the row of its provider. */
export interface Source {
  readonly settings: SourceSettings;
  readonly provider: Provider;
}
