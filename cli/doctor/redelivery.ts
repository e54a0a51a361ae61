/** Whether a provider sends an event again that was answered 503. `docs/providers.md`, "When something fails", has the sources. */
export type Redelivery = 'again' | 'never' | 'unsure';

const never: ReadonlySet<string> = new Set(['github', 'gitlab', 'twilio', 'woocommerce']);

/** Some send only a part of it again, or where they are told to; of others nothing is known. */
const unsure: ReadonlySet<string> = new Set([
  'buildkite',
  'cal-com',
  'discord',
  'ed25519',
  'elevenlabs',
  'fusionauth',
  'heroku',
  'hmac',
  'line',
  'mailgun',
  'sentry',
  'slack',
  'supabase',
  'telnyx',
  'token',
]);

/** @param provider as in the catalogue */
export const redeliveryOf = (provider: string): Redelivery => {
  if (never.has(provider)) return 'never';
  return unsure.has(provider) ? 'unsure' : 'again';
};

/**
 * What comes of a secret that is not set, beside the answer 503.
 *
 * @returns the end of a sentence; empty where the provider sends again
 */
export function whatIsLost(provider: string): string {
  const redelivery = redeliveryOf(provider);
  if (redelivery === 'again') return '';
  const lost =
    redelivery === 'never'
      ? `${provider} never sends an event again: what it sends meanwhile is lost`
      : `it is not certain that ${provider} sends every event again`;
  return `; ${lost}: set the secret before you make the webhook`;
}
