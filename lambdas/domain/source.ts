import * as v from 'valibot';
import { TargetsByType } from './target.ts';
import { seconds } from './time.ts';

const SecondsSchema = v.pipe(v.number(), v.minValue(0), v.transform(seconds));

/** Where a sender that is not in the catalogue has an event's id and type. */
const senderEntries = {
  /** The header with the event id; without it the id is the hash of the body. */
  idHeader: v.optional(v.string()),
  /** The header with the event type; without it the body's `type`. */
  typeHeader: v.optional(v.string()),
  /** The body is a JSON array, and each element is an event. */
  batch: v.optional(v.boolean()),
};
const SenderSettings = v.object(senderEntries);
export type SenderSettings = v.InferOutput<typeof SenderSettings>;

/** The fields of a signature header such as `t=…,v1=…`. */
export const SignatureFields = v.object({
  /** The field with the signature, which may occur several times. */
  signature: v.string(),
  /** The field with unix seconds. If set, it is part of the signed text and checked against the tolerance. */
  timestamp: v.optional(v.string()),
  /** The separator of the fields; a comma if not set. */
  separator: v.optional(v.picklist([',', ';'])),
});

/** How a sender that is not in the catalogue writes a signature. */
const signatureEntries = {
  /** The header with the signature. */
  signatureHeader: v.string(),
  encoding: v.picklist(['hex', 'base64']),
  /** The text before the signature, e.g. `sha256=`; empty with `fields`. */
  prefix: v.string(),
  /** The header with unix seconds. If set, it is part of the signed text and checked against the tolerance. */
  timestampHeader: v.optional(v.string()),
  /** For a signature header with fields, such as `t=…,v1=…`. Replaces `prefix` and `timestampHeader`. */
  fields: v.optional(SignatureFields),
  /**
   * The signed text, made of `{body}`, `{timestamp}`, `{id}` (the value of `idHeader`), `{url}` and `{method}`. The
   * default is `{timestamp}.{body}` with a timestamp, else `{body}`.
   */
  signed: v.optional(v.string()),
  /** The parameter of an unsigned GET whose value is returned as plain text, e.g. `challenge`. */
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

/** How the generic `token` provider's sender sends its token. */
export const TokenSettings = v.object({
  header: v.optional(v.string(), 'authorization'),
  /** The text before the token, e.g. `Bearer `. */
  prefix: v.optional(v.string(), ''),
  /** HTTP Basic authentication: the secret is `user:password`. */
  basic: v.optional(v.boolean()),
  ...senderEntries,
});
export type TokenSettings = v.InferOutput<typeof TokenSettings>;

/** The settings of one source: bundled with the functions' code, validated at synth. Defaults: `lib/settings.ts`. */
export const SourceSettings = v.object({
  /** The source's name, also the last segment of its URL. */
  name: v.pipe(v.string(), v.regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/)),
  provider: v.string(),
  /** Allowed difference between the signed timestamp and now, both ways. */
  tolerance: SecondsSchema,
  /** How long the previous secret still verifies after the current one was created. */
  rotationOverlap: SecondsSchema,
  maxBodyBytes: v.number(),
  /** The addresses that may send; empty allows all. */
  allowedCidrs: v.array(v.string()),
  /**
   * `body` if the provider's id is not signed and replays under a new id must not be accepted; `request` if every
   * request is a new event.
   */
  eventId: v.picklist(['provider', 'body', 'request']),
  /** Seconds before the handler's attempt 2, 3, …. */
  handlerRetryDelays: v.array(SecondsSchema),
  /** How long a claim holds if its owner dies. Function timeout < lease <= visibility timeout. */
  lease: SecondsSchema,
  /** How long an event id is remembered. */
  retention: SecondsSchema,
  /** How long after the deploy a provider may send its secret by a handshake. */
  handshakeWindow: SecondsSchema,
  /** Keep refused requests whole, for `hookline explain`. */
  keepRefusedRequests: v.optional(v.boolean()),
  /** The URL that the provider knows and signs, if it differs from the gateway's: a custom domain or a proxy. */
  publicUrl: v.optional(v.string()),
  /** Where its events go. Without it, to the team's handlers. */
  to: v.optional(TargetsByType),
  hmac: v.optional(HmacSettings),
  token: v.optional(TokenSettings),
  ed25519: v.optional(Ed25519Settings),
});
export type SourceSettings = v.InferOutput<typeof SourceSettings>;

/** The settings file in the bundles of the receiver and the consumer. */
export const InboundSettings = v.object({ sources: v.array(SourceSettings) });
