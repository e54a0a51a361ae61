import { ownOf } from '../../lambdas/domain/own-property.ts';
import type { SecretFormat } from '../../lambdas/domain/signature/key.ts';

/** Where each provider shows its secret, as in `docs/providers.md`; a test compares both. */
export const secretPlaces: Readonly<Record<string, string>> = {
  adyen: 'Customer Area → Developers → Webhooks → Security',
  airtable: 'response of the create-webhook call, once',
  asana: 'comes with the handshake',
  attio: 'response of the create call; developer settings',
  bitbucket: 'Repository settings → Webhooks',
  box: 'Developer Console → Webhooks → Manage signature keys',
  braintree: 'Control Panel → API keys',
  buildkite: 'Notification Services → Webhook → Token',
  'cal-com': 'Settings → Developer → Webhooks → Secret, yours to choose',
  calendly: 'signing_key when the subscription is made; or the app',
  chargebee: 'Settings → API keys and webhooks: basic authentication, yours to choose',
  circleci: 'Project settings → Webhooks → Secret token',
  'coinbase-commerce': 'Settings → Notifications → Show shared secret',
  contentful: 'Webhook settings → Enable request verification',
  customerio: 'Data & Integrations → Reporting Webhooks → signing key',
  discord: 'Developer Portal → General Information → Public Key',
  docusign: 'Admin → Connect → Connect Keys',
  dropbox: 'App Console → Settings → App secret',
  ebay: 'developer account → Application Keys; Alerts & Notifications → Verification token, yours to choose',
  elevenlabs: 'Settings → Webhooks, once',
  fusionauth: 'Key Master, the key that "Sign events" names',
  github: "yours to choose, in the webhook's settings",
  gitlab: 'hook form: signing token, once; or a secret token of yours',
  gocardless: 'Dashboard → Developers → Webhook endpoints',
  heroku: 'given or generated when the webhook is made',
  hubspot: 'App → Auth → Client secret',
  intercom: 'Developer Hub → app → Basic information → Client secret',
  jira: 'shown when the webhook is made',
  launchdarkly: 'Integrations → Webhooks → Sign this webhook',
  lemonsqueezy: 'Settings → Webhooks → Signing secret, yours to choose',
  line: 'Console → Basic settings → Channel secret',
  linear: 'Settings → API → Webhooks',
  mailgun: 'Sending → API security → HTTP webhook signing key',
  mandrill: 'Webhooks → Key',
  meta: 'App Dashboard → App settings → Basic; the verify token is yours',
  monday: 'Developer center → app → Basic information → Signing Secret',
  msgraph: 'yours to choose: clientState of the subscription',
  mux: 'Settings → Webhooks → Signing secret',
  notion: 'comes with the handshake',
  nylas: 'webhook_secret in the response of the create call, once',
  okta: 'yours to choose: Authentication secret of the event hook',
  openai: 'Settings → Webhooks, once',
  paddle: 'Developer tools → Notifications → Edit destination',
  pagerduty: 'response of the create call',
  paypal: 'App settings → Webhooks → Webhook ID',
  paystack: 'Settings → API Keys & Webhooks → Secret Key',
  persona: 'Dashboard → Webhooks → Webhook secret',
  plaid: 'Dashboard → Developers → Keys',
  polar: 'Settings → Webhooks',
  postmark: "yours to choose: user and password in the webhook's URL",
  razorpay: 'Dashboard → Webhooks → Secret, yours to choose',
  recharge: 'Integrations → API Tokens → token → API Client Secret',
  recurly: 'Webhook Endpoints → Secret key',
  replicate: 'GET /v1/webhooks/default/secret',
  sanity: 'Manage → API → Webhooks → Secret, yours to choose',
  sendgrid: 'Settings → Mail Settings → Event Webhook → Verification key',
  sentry: 'Settings → Developer Settings → integration → Client Secret',
  shopify: 'App → Client secret; hooks of the admin: the key on that page',
  slack: 'App → Basic Information → Signing Secret',
  sns: 'the ARNs of your topics',
  square: 'Developer Console → Webhooks → Signature key',
  'standard-webhooks': 'the sender shows it',
  strava: 'yours to choose: verify_token; response of the create call: id',
  stripe: 'Workbench → Webhooks → Signing secret',
  supabase: 'Authentication → Hooks',
  telegram: 'yours to choose: secret_token of setWebhook',
  telnyx: 'Mission Control → Keys & Credentials → Public Key',
  tiktok: 'App → Client secret',
  trello: 'Power-Up admin → API key → Secret',
  twilio: 'Console → Auth Token (primary); or the secret of the shared key',
  twitch: 'yours to choose: transport.secret',
  typeform: 'Connect → Webhooks → Secret, yours to choose',
  vercel: 'Team settings → Webhooks, once',
  webflow: "OAuth app's client secret; or secretKey of the create call",
  woocommerce: 'WooCommerce → Settings → Advanced → Webhooks',
  workos: 'Dashboard → Webhooks → endpoint → Signing secret',
  x: 'Developer Console → Keys and tokens',
  xero: 'App → Webhooks → Webhook key',
  zendesk: 'Admin Center → Webhooks → Reveal secret',
  zoom: 'App → Feature → Secret Token',
  hmac: 'the sender shows it',
  token: 'yours to choose',
  ed25519: 'the sender shows it',
};

const forms: Readonly<Record<Extract<SecretFormat, string>, string>> = {
  text: 'a text that is used exactly as it is, without decoding',
  base64: 'base64, which is decoded',
  whsec: 'whsec_ and base64 of at least 24 bytes, which is decoded',
  'standard-webhooks': 'whsec_ and base64 of at least 24 bytes, which is decoded; or whpk_ and a public key',
  token: 'a token that is sent as it is',
  basic: 'user:password',
  'token-or-whsec': 'a signing token (whsec_ and base64), or a token that is sent as it is',
  ed25519: 'an Ed25519 public key: 32 bytes in hex or base64, or PEM',
};

/** The prefixes of a provider's secrets, where it documents them. */
const beginnings: Readonly<Record<string, readonly string[]>> = {
  stripe: ['whsec_'],
  paystack: ['sk_test_', 'sk_live_'],
};

/** @returns the expected prefixes, when the secret has none of them */
export function missingBeginning(provider: string, secret: string): string | undefined {
  const known = ownOf(beginnings, provider) ?? [];
  const isAsKnown = known.length === 0 || known.some((beginning) => secret.trimStart().startsWith(beginning));
  return isAsKnown ? undefined : known.join(' or ');
}

/** What a secret of a format looks like. */
export const formOf = (format: SecretFormat): string =>
  typeof format === 'object' ? format.called : forms[format];

/** The end of a sentence that says what a provider's secret looks like and where to find it. */
export function secretForm(provider: string, format: SecretFormat): string {
  const form = typeof format === 'object' ? `of this form: ${format.called}` : formOf(format);
  const place = ownOf(secretPlaces, provider);
  return place === undefined ? form : `${form} (${provider}: ${place})`;
}
