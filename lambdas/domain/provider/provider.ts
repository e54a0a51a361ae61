import type { RawRequest } from '../raw-request.ts';
import type { SecretFormat } from '../signature/key.ts';
import type { SignatureScheme } from '../signature/scheme.ts';
import type { SourceSettings } from '../source.ts';
import type { Check } from './check.ts';
import type { Handshake, HandshakeResponse } from './handshake.ts';
import type { EventParts } from './read-field.ts';

/** Where a field of an event stands. A header name that begins with `*` takes the prefix of the family that verified. */
export type FieldRule =
  /** `except`: a value that says nothing, as if the header were not there. */
  | { readonly from: 'header'; readonly name: string; readonly except?: string }
  /**
   * Dotted paths into the payload; the first that leads to a text or a number counts. `onlyWith`: only in payloads
   * that have this field, too.
   */
  | { readonly from: 'body'; readonly paths: readonly string[]; readonly onlyWith?: string }
  /** Code, for what no path leads to. */
  | { readonly from: 'code'; readonly read: (parts: EventParts) => string | undefined }
  /** Always the same. */
  | { readonly from: 'text'; readonly text: string }
  /**
   * The SHA-256 of the event's own bytes; of an event without bytes the request, since nothing tells two of them apart.
   * `except`: members of its JSON object that are left out because they count the tries.
   */
  | { readonly from: 'hash'; readonly except?: readonly string[] }
  /** New for each request: for a provider whose different events may be equal byte for byte. */
  | { readonly from: 'request' }
  /** All of the fields with a separator between them; absent when one is. */
  | { readonly from: 'joined'; readonly fields: readonly FieldRule[]; readonly separator: string }
  /** The first of the fields that is there. */
  | { readonly from: 'first'; readonly of: readonly FieldRule[] };

type EventMethod = 'GET' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * How the body carries the payload: JSON; JSON or nothing at all; JSON or a form whose `payload` field is JSON; the same, or a form's fields
 * where it has no `payload`; whatever it is. Or code, which returns undefined for what the provider never sends.
 */
export type BodyFormat = NamedBodyFormat | ((body: Uint8Array) => unknown);
export type NamedBodyFormat = 'json' | 'json-or-empty' | 'json-or-form' | 'json-or-fields' | 'any';

/**
 * Everything that Hookline knows about a provider, as data: one row of the catalogue.
 *
 * Only what cannot be a row is code.
 */
export interface Provider {
  readonly secret: SecretFormat;
  /** Data; or code, for a provider that signs like no other. */
  readonly signature: SignatureScheme | Check;
  /** For a provider with more than one way to sign; each takes keys of its own kind. */
  readonly otherSignatures?: readonly SignatureScheme[];
  /** Methods that its events may come with, beside POST. @default none */
  readonly methods?: readonly EventMethod[];
  /** A GET carries its event in the query: only for a provider that signs its URL. */
  readonly queryIsContent?: boolean;
  /** The dotted path of a JSON number in the body, unix milliseconds, that says when the request was signed. */
  readonly bodyTimestamp?: string;
  /** Seconds that `bodyTimestamp` may be ahead, where that is less than the tolerance. @default the tolerance */
  readonly bodyAheadAtMost?: number;
  /** Seconds between the signed timestamp and now that the provider asks for. @default 300 */
  readonly tolerance?: number;
  /** What may come with one body only, because the signature does not cover the body. */
  readonly onceOnly?: FieldRule;
  readonly body: BodyFormat;
  /** Where the events are JSON in a part of the body: that part, for `body`, `batch` and the handlers; empty without it. */
  readonly unwrap?: (body: Uint8Array) => Uint8Array;
  /** Each element of a JSON array is an event of its own: of the body, or of the array at this dotted path in it. */
  readonly batch?: boolean | string;
  /** A body without that array is one event. */
  readonly batchOrOne?: boolean;
  /** The provider's own id that stays the same on redelivery; the body's hash where there is none. */
  readonly id: FieldRule;
  /**
   * What takes the place of the body's hash under `eventId: 'body'`, where bytes of the body are not signed: altered,
   * they would make another event under the same signature. @default the body's hash
   */
  readonly bodyId?: FieldRule;
  readonly type: FieldRule;
  /** The type of an event without one that can be used; where it is not given, such a request is refused. In a batch it is `unknown`. */
  readonly typeWhenAbsent?: string;
  /** SQS message attributes beside `source` and `eventType`; an absent field is left out. */
  readonly attributes: Readonly<Record<string, FieldRule>>;
  /** Headers that reach the handler, beside `content-type` and `user-agent`. Never a signature or a credential. */
  readonly forward: readonly string[];
  /** Requests that are no events: challenges and tests of the URL. */
  readonly handshake?: Handshake;
  /** What the provider wants to read. @default 200 with a JSON object that names the event */
  readonly answer?: HandshakeResponse | ((request: RawRequest) => HandshakeResponse);
  /** Refusals have no body either. */
  readonly emptyRefusals?: boolean;
}

/** A configured source and the row of its provider. */
export interface Source {
  readonly settings: SourceSettings;
  readonly provider: Provider;
}
