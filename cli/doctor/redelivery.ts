/** Whether a provider repeats an event after the response 503. `docs/providers.md`, "When something fails", has the sources. */
export type Redelivery = 'again' | 'never' | 'unsure';

const never: ReadonlySet<string> = new Set(['github', 'gitlab', 'twilio', 'woocommerce']);

/** These repeat only some events or only by a setting, or their documentation does not say. */
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
 * Says which events are lost while a secret is not set.
 *
 * @returns the end of a sentence; empty when the provider sends them again
 */
export function whatIsLost(provider: string): string {
  const redelivery = redeliveryOf(provider);
  if (redelivery === 'again') return '';
  const lost =
    redelivery === 'never'
      ? `${provider} never sends an event again, so events are lost until then`
      : `${provider} may not send every event again`;
  return `; ${lost}: set the secret before you create the webhook`;
}
