import type { Throttle } from './inbound-api.ts';
import { sourceDefaults } from './settings.ts';
import type { SourceProps } from './source-props.ts';

/**
 * Providers that do not send again what is answered 429 without `Retry-After`, as API Gateway does it, or only where it was
 * switched on; and those of which nothing is known. docs/providers.md, "When something fails", has the sources.
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

/** What a source gets that says nothing about it. */
export const defaultThrottle = ({ provider }: SourceProps): Throttle =>
  givesUpAfter429.has(provider) ? sourceDefaults.throttleWithoutRetry : sourceDefaults.throttle;

/** The most of several; undefined when there are none. */
export function mostOf(throttles: readonly Throttle[]): Throttle | undefined {
  if (throttles.length === 0) return undefined;
  return {
    rate: Math.max(...throttles.map(({ rate }) => rate)),
    burst: Math.max(...throttles.map(({ burst }) => burst)),
  };
}

/** What a route lets through that these sources share: the most that any of them needs. */
export const sharedThrottle = (sources: readonly SourceProps[]): Throttle =>
  mostOf(sources.map((source) => source.throttle ?? defaultThrottle(source))) ?? sourceDefaults.throttle;
