import type { RawRequest } from '../raw-request.ts';
import type { SecretFormat } from '../signature/key.ts';
import type { SignatureScheme } from '../signature/scheme.ts';
import type { SourceSettings } from '../source.ts';
import type { Check } from './check.ts';
import type { Handshake, HandshakeResponse } from './handshake.ts';
import type { EventParts } from './read-field.ts';

/**
 * Where a field of an event is found. A header name that begins with `*` takes the prefix of the family that verified.
 */
export type FieldRule =
  /** `except`: a value that counts as absent. */
  | { readonly from: 'header'; readonly name: string; readonly except?: string }
  /**
   * Dotted paths into the payload; the first one with a text or a number counts. `onlyWith`: only in payloads that also
   * have this field.
   */
  | { readonly from: 'body'; readonly paths: readonly string[]; readonly onlyWith?: string }
  /** Code, for a field that no path reaches. */
  | { readonly from: 'code'; readonly read: (parts: EventParts) => string | undefined }
  /** A constant. */
  | { readonly from: 'text'; readonly text: string }
  /**
   * The SHA-256 of the event's own bytes. An event without bytes gets the request's id, because its hash would always
   * be the same. `except`: members of the JSON object to leave out, e.g. an attempt counter.
   */
  | { readonly from: 'hash'; readonly except?: readonly string[] }
  /** The request's id, new for each request: for a provider whose different events may have the same bytes. */
  | { readonly from: 'request' }
  /** All of the fields with a separator between them; absent when one of them is absent. */
  | { readonly from: 'joined'; readonly fields: readonly FieldRule[]; readonly separator: string }
  /** The first of the fields that is present. */
  | { readonly from: 'first'; readonly of: readonly FieldRule[] };

type EventMethod = 'GET' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * How the body holds the payload. `json-or-form`: a form has JSON in its field `payload`. `json-or-fields`: the same,
 * and a form without `payload` is the payload itself. `any`: JSON, a form, or any other text. Or code, which returns
 * undefined for a body that the provider never sends.
 */
export type BodyFormat = NamedBodyFormat | ((body: Uint8Array) => unknown);
export type NamedBodyFormat = 'json' | 'json-or-empty' | 'json-or-form' | 'json-or-fields' | 'any';

/**
 * Everything that Hookline knows about a provider, as data: one row of the catalogue.
 *
 * Code is only for what data cannot say.
 */
export interface Provider {
  readonly secret: SecretFormat;
  /** A scheme; or code, for a provider that no scheme can describe. */
  readonly signature: SignatureScheme | Check;
  /** Further schemes of a provider that signs in several ways. Each accepts only keys of its kind. */
  readonly otherSignatures?: readonly SignatureScheme[];
  /** The methods of events, beside POST. @default none */
  readonly methods?: readonly EventMethod[];
  /** A GET has its event in the query. Only for a provider that signs the URL. */
  readonly queryIsContent?: boolean;
  /** The dotted path of the signing time in the body: a JSON number of unix milliseconds. */
  readonly bodyTimestamp?: string;
  /** Seconds that `bodyTimestamp` may be in the future, if fewer than the tolerance. @default the tolerance */
  readonly bodyAheadAtMost?: number;
  /** Seconds that the signed timestamp may differ from now. @default 300 */
  readonly tolerance?: number;
  /** The once-only token: accepted with one body only, because the signature does not cover the body. */
  readonly onceOnly?: FieldRule;
  readonly body: BodyFormat;
  /**
   * Extracts the part of the body that holds the events, for `body`, `batch` and the handlers; empty when there is
   * none.
   */
  readonly unwrap?: (body: Uint8Array) => Uint8Array;
  /** Each element of a JSON array is an event: `true` for the body itself, or the array's dotted path. */
  readonly batch?: boolean | string;
  /** A body without that array is a single event. */
  readonly batchOrOne?: boolean;
  /** The provider's id, the same on every redelivery; the body's hash if there is none. */
  readonly id: FieldRule;
  /**
   * Replaces the body's hash under `eventId: 'body'` when parts of the body are not signed. Changing such a part must
   * not make another event under the same signature. @default the body's hash
   */
  readonly bodyId?: FieldRule;
  readonly type: FieldRule;
  /**
   * The type of an event without a usable one. Without this, the request is refused; in a batch the type is `unknown`.
   */
  readonly typeWhenAbsent?: string;
  /** SQS message attributes beside `source` and `eventType`; an absent field is left out. */
  readonly attributes: Readonly<Record<string, FieldRule>>;
  /** Headers passed to the handler, beside `content-type` and `user-agent`. Never a signature or a credential. */
  readonly forward: readonly string[];
  /** Requests that are not events: challenges and tests of the URL. */
  readonly handshake?: Handshake;
  /** The response that the provider expects. @default 200 with a JSON object that names the event */
  readonly answer?: HandshakeResponse | ((request: RawRequest) => HandshakeResponse);
  /** Refusals have no body. */
  readonly emptyRefusals?: boolean;
}

/** What the check of a request reads of its source. */
export interface CheckedSource {
  readonly settings: Pick<
    SourceSettings,
    'name' | 'tolerance' | 'maxBodyBytes' | 'allowedCidrs' | 'eventId' | 'publicUrl'
  >;
  readonly provider: Provider;
}

/** A configured source with its provider. */
export interface Source {
  readonly settings: SourceSettings;
  readonly provider: Provider;
}
