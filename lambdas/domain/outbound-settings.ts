import * as v from 'valibot';
import type { Millis, Seconds } from './time.ts';

const SecondsSchema = v.pipe(
  v.number(),
  v.minValue(0),
  v.transform((value) => value as Seconds),
);
const MillisSchema = v.pipe(
  v.number(),
  v.minValue(0),
  v.transform((value) => value as Millis),
);

/** What is static about sending: compiled into the functions' code, validated at synth. Defaults: `lib/settings.ts`. */
export const OutboundSettings = v.object({
  /** Seconds before attempt 2, 3, …; its length is the number of retries. */
  retryDelays: v.pipe(v.array(SecondsSchema), v.maxLength(50)),
  /** TCP and TLS must be up within this. */
  connectTimeout: MillisSchema,
  /** One deadline over DNS, connect and response head. */
  attemptTimeout: MillisSchema,
  /** How long a claim holds if its owner dies. Function timeout < lease < visibility timeout. */
  lease: SecondsSchema,
  /** Claims of a delivery whose worker died each time, before it is given up as `crashed`. */
  maxCrashes: v.number(),
  /** How long a finished delivery is kept. */
  deliveryRetention: SecondsSchema,
  /** Retry 3xx and 4xx that would otherwise fail at once. */
  retryOtherStatuses: v.boolean(),
  /** Local work only: http to loopback. */
  localEndpoints: v.boolean(),
  /** Ports that may be connected to. */
  allowedPorts: v.array(v.number()),
  /** An endpoint that fails for so long, without one success, is disabled. */
  disableAfter: SecondsSchema,
  /** Requests to one endpoint at the same time, where it has no limit of its own. */
  maxConcurrent: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  /** Failures in a row after which attempts wait for a probe to succeed. */
  breakAfter: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** What endpoints see as the sender. */
  userAgent: v.pipe(
    v.string(),
    v.regex(
      /^[\x21-\x7e]([\x20-\x7e]{0,254}[\x21-\x7e])?$/,
      '1 to 256 of printable ASCII, with no blank at either end',
    ),
  ),
  /** Count attempts by endpoint, too: each endpoint is then a billed metric. */
  endpointMetrics: v.boolean(),
});
export type OutboundSettings = v.InferOutput<typeof OutboundSettings>;
