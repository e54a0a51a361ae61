import * as v from 'valibot';
import type { Seconds } from './time.ts';

const SecondsSchema = v.pipe(
  v.number(),
  v.minValue(0),
  v.transform((value) => value as Seconds),
);

/** How the generic `hmac` provider's sender signs. */
export const HmacSettings = v.object({
  /** The header that carries the signature; lower case. */
  signatureHeader: v.string(),
  algorithm: v.picklist(['sha1', 'sha256', 'sha512']),
  encoding: v.picklist(['hex', 'base64']),
  /** Text in front of the signature, e.g. `sha256=`. */
  prefix: v.string(),
  /** A header with unix seconds; when set it is signed as `<timestamp>.<body>` and checked against the tolerance. */
  timestampHeader: v.optional(v.string()),
  /** The header that carries the event id; without one the id is the hash of the body. */
  idHeader: v.optional(v.string()),
  /** The header that carries the event type; without one the body's `type`. */
  typeHeader: v.optional(v.string()),
  /** The body is a JSON array and each element is an event of its own. */
  batch: v.optional(v.boolean()),
});
export type HmacSettings = v.InferOutput<typeof HmacSettings>;

/** What is static about one source: compiled into the functions' code, validated at synth. Defaults: `lib/settings.ts`. */
export const SourceSettings = v.object({
  /** Also the last segment of its URL. */
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/)),
  provider: v.string(),
  /** Allowed difference between the signed timestamp and now, both ways. */
  tolerance: SecondsSchema,
  /** How long the previous secret still verifies after the current one was created. */
  rotationOverlap: SecondsSchema,
  maxBodyBytes: v.number(),
  /** Empty: any address. */
  allowedCidrs: v.array(v.string()),
  /** `body` where the provider's id is not under the signature and replays under a new id must not pass. */
  eventId: v.picklist(['provider', 'body']),
  /** Seconds before the handler's attempt 2, 3, …. */
  handlerRetryDelays: v.array(SecondsSchema),
  /** How long a claim holds if its owner dies. Function timeout < lease <= visibility timeout. */
  lease: SecondsSchema,
  /** How long an event id is remembered. */
  retention: SecondsSchema,
  /** What a provider that signs its URL signs, where a custom domain or proxy stands in front. */
  publicUrl: v.optional(v.string()),
  hmac: v.optional(HmacSettings),
});
export type SourceSettings = v.InferOutput<typeof SourceSettings>;

/** Secrets are found by name, in both isolation modes. */
export const secretName = (stack: string, source: string): string => `${stack}/${source}`;

/** What `settings.json` holds beside the receiver and the consumer. */
export const InboundSettings = v.object({ sources: v.array(SourceSettings) });
