/** Whether a provider sends an event again that was answered 503. `docs/providers.md`, "When something fails", has the sources. */
export type Redelivery = 'again' | 'never' | 'unsure';

const never: ReadonlySet<string> = new Set(['github', 'gitlab', 'twilio', 'woocommerce']);

/** Some of them can be told to, of some nothing is known. */
const unsure: ReadonlySet<string> = new Set([
  'buildkite',
  'cal-com',
  'ed25519',
  'elevenlabs',
  'fusionauth',
  'hmac',
  'line',
  'supabase',
  'token',
]);

/** @param provider as in the catalogue */
export const redeliveryOf = (provider: string): Redelivery => {
  if (never.has(provider)) return 'never';
  return unsure.has(provider) ? 'unsure' : 'again';
};
