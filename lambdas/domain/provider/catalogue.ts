import type { SourceSettings } from '../source.ts';
import { type GenericSettings, genericNames, genericProvider } from './generic.ts';
import type { Provider } from './provider.ts';
import { adyen } from './providers/adyen.ts';
import { airtable } from './providers/airtable.ts';
import { asana } from './providers/asana.ts';
import { attio } from './providers/attio.ts';
import { bitbucket } from './providers/bitbucket.ts';
import { box } from './providers/box.ts';
import { braintree } from './providers/braintree.ts';
import { buildkite } from './providers/buildkite.ts';
import { calCom } from './providers/cal-com.ts';
import { calendly } from './providers/calendly.ts';
import { chargebee } from './providers/chargebee.ts';
import { circleci } from './providers/circleci.ts';
import { coinbaseCommerce } from './providers/coinbase-commerce.ts';
import { contentful } from './providers/contentful.ts';
import { customerio } from './providers/customerio.ts';
import { discord } from './providers/discord.ts';
import { docusign } from './providers/docusign.ts';
import { dropbox } from './providers/dropbox.ts';
import { ebay } from './providers/ebay.ts';
import { elevenlabs } from './providers/elevenlabs.ts';
import { fusionauth } from './providers/fusionauth.ts';
import { github } from './providers/github.ts';
import { gitlab } from './providers/gitlab.ts';
import { gocardless } from './providers/gocardless.ts';
import { heroku } from './providers/heroku.ts';
import { hubspot } from './providers/hubspot.ts';
import { intercom } from './providers/intercom.ts';
import { jira } from './providers/jira.ts';
import { launchdarkly } from './providers/launchdarkly.ts';
import { lemonsqueezy } from './providers/lemonsqueezy.ts';
import { line } from './providers/line.ts';
import { linear } from './providers/linear.ts';
import { mailgun } from './providers/mailgun.ts';
import { mandrill } from './providers/mandrill.ts';
import { meta } from './providers/meta.ts';
import { monday } from './providers/monday.ts';
import { msgraph } from './providers/msgraph.ts';
import { mux } from './providers/mux.ts';
import { notion } from './providers/notion.ts';
import { nylas } from './providers/nylas.ts';
import { okta } from './providers/okta.ts';
import { openai } from './providers/openai.ts';
import { paddle } from './providers/paddle.ts';
import { pagerduty } from './providers/pagerduty.ts';
import { paypal } from './providers/paypal.ts';
import { paystack } from './providers/paystack.ts';
import { persona } from './providers/persona.ts';
import { plaid } from './providers/plaid.ts';
import { polar } from './providers/polar.ts';
import { postmark } from './providers/postmark.ts';
import { razorpay } from './providers/razorpay.ts';
import { recharge } from './providers/recharge.ts';
import { recurly } from './providers/recurly.ts';
import { replicate } from './providers/replicate.ts';
import { sanity } from './providers/sanity.ts';
import { sendgrid } from './providers/sendgrid.ts';
import { sentry } from './providers/sentry.ts';
import { shopify } from './providers/shopify.ts';
import { slack } from './providers/slack.ts';
import { sns } from './providers/sns.ts';
import { square } from './providers/square.ts';
import { standardWebhooks } from './providers/standard-webhooks.ts';
import { strava } from './providers/strava.ts';
import { stripe } from './providers/stripe.ts';
import { supabase } from './providers/supabase.ts';
import { telegram } from './providers/telegram.ts';
import { telnyx } from './providers/telnyx.ts';
import { tiktok } from './providers/tiktok.ts';
import { trello } from './providers/trello.ts';
import { twilio } from './providers/twilio.ts';
import { twitch } from './providers/twitch.ts';
import { typeform } from './providers/typeform.ts';
import { vercel } from './providers/vercel.ts';
import { webflow } from './providers/webflow.ts';
import { woocommerce } from './providers/woocommerce.ts';
import { workos } from './providers/workos.ts';
import { x } from './providers/x.ts';
import { xero } from './providers/xero.ts';
import { zendesk } from './providers/zendesk.ts';
import { zoom } from './providers/zoom.ts';

/** All providers but the generic ones, which are made from a source's settings. */
export const catalogue = {
  adyen,
  airtable,
  asana,
  attio,
  bitbucket,
  box,
  braintree,
  buildkite,
  'cal-com': calCom,
  calendly,
  chargebee,
  circleci,
  'coinbase-commerce': coinbaseCommerce,
  contentful,
  customerio,
  discord,
  docusign,
  dropbox,
  ebay,
  elevenlabs,
  fusionauth,
  github,
  gitlab,
  gocardless,
  heroku,
  hubspot,
  intercom,
  jira,
  launchdarkly,
  lemonsqueezy,
  line,
  linear,
  mailgun,
  mandrill,
  meta,
  monday,
  msgraph,
  mux,
  notion,
  nylas,
  okta,
  openai,
  paddle,
  pagerduty,
  paypal,
  paystack,
  persona,
  plaid,
  polar,
  postmark,
  razorpay,
  recharge,
  recurly,
  replicate,
  sanity,
  sendgrid,
  sentry,
  shopify,
  slack,
  sns,
  square,
  'standard-webhooks': standardWebhooks,
  strava,
  stripe,
  supabase,
  telegram,
  telnyx,
  tiktok,
  trello,
  twilio,
  twitch,
  typeform,
  vercel,
  webflow,
  woocommerce,
  workos,
  x,
  xero,
  zendesk,
  zoom,
} as const satisfies Readonly<Record<string, Provider>>;

/** The values of a source's `provider` setting. */
export type ProviderName = keyof typeof catalogue | (typeof genericNames)[number];

const hasRow = (name: string): name is keyof typeof catalogue => Object.hasOwn(catalogue, name);

/** A source names a provider that is not in the catalogue, or lacks the settings of its generic provider. */
class UnknownProviderError extends Error {
  override name = 'UnknownProviderError' as const;
}

/**
 * The catalogue's row of a source's provider.
 *
 * @throws UnknownProviderError when the catalogue has no such provider
 */
export function providerOf(source: Pick<SourceSettings, 'name'> & GenericSettings): Provider {
  const generic = genericProvider(source);
  if (generic !== undefined) return generic;
  if (hasRow(source.provider)) return catalogue[source.provider];
  const generics = genericNames.map((name) => `${name} (with its \`${name}\` settings)`);
  throw new UnknownProviderError(
    `source ${source.name} has provider '${source.provider}'; choose one of ${[...Object.keys(catalogue), ...generics].join(', ')}`,
  );
}
