import * as v from 'valibot';
import type { Seconds } from './time.ts';

const SecondsSchema = v.pipe(
  v.number(),
  v.minValue(0),
  v.transform((value) => value as Seconds),
);

/** How a sender that is not in the catalogue names its events. */
const senderEntries = {
  /** The header that carries the event id; without one the id is the hash of the body. */
  idHeader: v.optional(v.string()),
  /** The header that carries the event type; without one the body's `type`. */
  typeHeader: v.optional(v.string()),
  /** The body is a JSON array and each element is an event of its own. */
  batch: v.optional(v.boolean()),
};
const SenderSettings = v.object(senderEntries);
export type SenderSettings = v.InferOutput<typeof SenderSettings>;

/** A signature's header with fields. */
export const SignatureFields = v.object({
  /** The field of the signature; it may come several times. */
  signature: v.string(),
  /** The field with unix seconds; when set it is signed, and checked against the tolerance. */
  timestamp: v.optional(v.string()),
  /** What stands between the fields; a comma without it. */
  separator: v.optional(v.picklist([',', ';'])),
});

/** How a sender that is not in the catalogue writes a signature. */
const signatureEntries = {
  /** The header that carries the signature. */
  signatureHeader: v.string(),
  encoding: v.picklist(['hex', 'base64']),
  /** Text in front of the signature, e.g. `sha256=`; empty where there are `fields`. */
  prefix: v.string(),
  /** A header with unix seconds; when set it is signed, and checked against the tolerance. */
  timestampHeader: v.optional(v.string()),
  /** The signature's header has fields, such as `t=…,v1=…`; instead of `prefix` and `timestampHeader`. */
  fields: v.optional(SignatureFields),
  /**
   * What is signed, of `{body}`, `{timestamp}`, `{id}`, `{url}` and `{method}`; `{id}` is the value of `idHeader`. Without it
   * `{timestamp}.{body}` where there is a timestamp, else `{body}`.
   */
  signed: v.optional(v.string()),
  /** The parameter of an unsigned GET whose value comes back as plain text, e.g. `challenge`. */
  challengeParameter: v.optional(v.string()),
};

/** How the generic `hmac` provider's sender signs. */
export const HmacSettings = v.object({
  ...signatureEntries,
  algorithm: v.picklist(['sha1', 'sha256', 'sha512']),
  ...senderEntries,
});
export type HmacSettings = v.InferOutput<typeof HmacSettings>;

/** How the generic `ed25519` provider's sender signs. */
export const Ed25519Settings = v.object({ ...signatureEntries, ...senderEntries });
export type Ed25519Settings = v.InferOutput<typeof Ed25519Settings>;

/** How the generic `token` provider's sender shows its token. */
export const TokenSettings = v.object({
  header: v.optional(v.string(), 'authorization'),
  /** Text in front of the token, e.g. `Bearer `. */
  prefix: v.optional(v.string(), ''),
  /** HTTP Basic authentication instead: the secret is `user:password`. */
  basic: v.optional(v.boolean()),
  ...senderEntries,
});
export type TokenSettings = v.InferOutput<typeof TokenSettings>;

/** What is static about one source: compiled into the functions' code, validated at synth. Defaults: `lib/settings.ts`. */
export const SourceSettings = v.object({
  /** Also the last segment of its URL. */
  name: v.pipe(v.string(), v.regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/)),
  provider: v.string(),
  /** Allowed difference between the signed timestamp and now, both ways. */
  tolerance: SecondsSchema,
  /** How long the previous secret still verifies after the current one was created. */
  rotationOverlap: SecondsSchema,
  maxBodyBytes: v.number(),
  /** Empty: any address. */
  allowedCidrs: v.array(v.string()),
  /**
   * `body` where the provider's id is not under the signature and replays under a new id must not pass; `request` where
   * every request is an event of its own.
   */
  eventId: v.picklist(['provider', 'body', 'request']),
  /** Seconds before the handler's attempt 2, 3, …. */
  handlerRetryDelays: v.array(SecondsSchema),
  /** How long a claim holds if its owner dies. Function timeout < lease <= visibility timeout. */
  lease: SecondsSchema,
  /** How long an event id is remembered. */
  retention: SecondsSchema,
  /** How long after the deploy a provider that brings its secret itself may do so. */
  handshakeWindow: SecondsSchema,
  /** Refused requests are kept whole, for `hookline explain`. */
  keepRefusedRequests: v.optional(v.boolean()),
  /** What a provider that signs its URL signs, where a custom domain or proxy stands in front. */
  publicUrl: v.optional(v.string()),
  hmac: v.optional(HmacSettings),
  token: v.optional(TokenSettings),
  ed25519: v.optional(Ed25519Settings),
});
export type SourceSettings = v.InferOutput<typeof SourceSettings>;

/** What `settings.json` holds beside the receiver and the consumer. */
export const InboundSettings = v.object({ sources: v.array(SourceSettings) });
