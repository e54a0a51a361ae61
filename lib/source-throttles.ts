import type { Throttle } from './inbound-api.ts';
import { sourceDefaults } from './settings.ts';
import type { SourceProps } from './source-props.ts';

/**
 * Providers that do not retry after a 429 without `Retry-After` (API Gateway sends none), or only if that is switched on, and
 * those of which this is unknown. docs/providers.md, "When something fails", has the sources.
 */
const givesUpAfter429: ReadonlySet<string> = new Set([
  'attio',
  'bitbucket',
  'buildkite',
  'cal-com',
  'ebay',
  'ed25519',
  'elevenlabs',
  'fusionauth',
  'github',
  'gitlab',
  'hmac',
  'launchdarkly',
  'line',
  'mandrill',
  'nylas',
  'okta',
  'paystack',
  'sanity',
  'sentry',
  'supabase',
  'telnyx',
  'token',
  'twilio',
  'woocommerce',
  'zendesk',
]);

/** The throttle of a source without the setting. */
export const defaultThrottle = ({ provider }: SourceProps): Throttle =>
  givesUpAfter429.has(provider) ? sourceDefaults.throttleWithoutRetry : sourceDefaults.throttle;

/** The maximum of several throttles; undefined when there are none. */
export function mostOf(throttles: readonly Throttle[]): Throttle | undefined {
  if (throttles.length === 0) return undefined;
  return {
    rate: Math.max(...throttles.map(({ rate }) => rate)),
    burst: Math.max(...throttles.map(({ burst }) => burst)),
  };
}

/** The throttle of a route that sources share: the maximum over these sources. */
export const sharedThrottle = (sources: readonly SourceProps[]): Throttle =>
  mostOf(sources.map((source) => source.throttle ?? defaultThrottle(source))) ?? sourceDefaults.throttle;
