import * as v from 'valibot';
import type { Endpoint } from './endpoint.ts';
import { type Millis, millis, seconds, toMillis } from './time.ts';

const SecondsSchema = v.pipe(v.number(), v.minValue(0), v.transform(seconds));
const MillisSchema = v.pipe(v.number(), v.minValue(0), v.transform(millis));

/** The settings for sending: bundled with the functions' code, validated at synth. Defaults: `lib/settings.ts`. */
export const OutboundSettings = v.object({
  /** Seconds before attempt 2, 3, …; its length is the number of retries. */
  retryDelays: v.pipe(v.array(SecondsSchema), v.maxLength(50)),
  /** The deadline for the TCP connection and the TLS handshake. */
  connectTimeout: MillisSchema,
  /** The deadline for DNS, connection and response head together. */
  attemptTimeout: MillisSchema,
  /** How long a claim holds if its owner dies. Function timeout < lease < visibility timeout. */
  lease: SecondsSchema,
  /** After this many claims in a row whose worker died, a delivery fails as `crashed`. */
  maxCrashes: v.number(),
  /** How long a finished delivery is kept. */
  deliveryRetention: SecondsSchema,
  /** Also retry the 3xx and 4xx that otherwise fail at once. */
  retryOtherStatuses: v.boolean(),
  /** For local development only: allows http to loopback addresses. */
  localEndpoints: v.boolean(),
  /** The allowed ports. */
  allowedPorts: v.array(v.number()),
  /** An endpoint that fails for this long without a success is disabled. */
  disableAfter: SecondsSchema,
  /** Concurrent requests to one endpoint, unless it has its own limit; absent means no limit. */
  maxConcurrent: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100))),
  /** Consecutive failures that open an endpoint's breaker. */
  breakAfter: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** The `user-agent` header of deliveries. */
  userAgent: v.pipe(
    v.string(),
    v.regex(
      /^[\x21-\x7e]([\x20-\x7e]{0,254}[\x21-\x7e])?$/,
      '1 to 256 of printable ASCII, with no blank at either end',
    ),
  ),
  /** Also count attempts by endpoint. Each endpoint is then a billed metric. */
  endpointMetrics: v.boolean(),
});
export type OutboundSettings = v.InferOutput<typeof OutboundSettings>;

/** The settings of the stack, overridden by those of the endpoint. Its timeout can only be shorter. */
export const settingsFor = (
  settings: OutboundSettings,
  endpoint: Endpoint | undefined,
): OutboundSettings => ({
  ...settings,
  ...(endpoint?.retryDelays && { retryDelays: endpoint.retryDelays.map(seconds) }),
  ...(endpoint?.timeout && {
    attemptTimeout: shorter(toMillis(seconds(endpoint.timeout)), settings.attemptTimeout),
  }),
  ...(endpoint?.maxConcurrent && { maxConcurrent: endpoint.maxConcurrent }),
});

const shorter = (a: Millis, b: Millis): Millis => (a < b ? a : b);
