import type { catalogue } from './catalogue.ts';
import { sample as adyen } from './providers/adyen.sample.ts';
import { sample as airtable } from './providers/airtable.sample.ts';
import { sample as asana } from './providers/asana.sample.ts';
import { sample as attio } from './providers/attio.sample.ts';
import { sample as bitbucket } from './providers/bitbucket.sample.ts';
import { sample as box } from './providers/box.sample.ts';
import { sample as braintree } from './providers/braintree.sample.ts';
import { sample as buildkite } from './providers/buildkite.sample.ts';
import { sample as calCom } from './providers/cal-com.sample.ts';
import { sample as calendly } from './providers/calendly.sample.ts';
import { sample as chargebee } from './providers/chargebee.sample.ts';
import { sample as circleci } from './providers/circleci.sample.ts';
import { sample as coinbaseCommerce } from './providers/coinbase-commerce.sample.ts';
import { sample as contentful } from './providers/contentful.sample.ts';
import { sample as customerio } from './providers/customerio.sample.ts';
import { sample as discord } from './providers/discord.sample.ts';
import { sample as docusign } from './providers/docusign.sample.ts';
import { sample as dropbox } from './providers/dropbox.sample.ts';
import { sample as ebay } from './providers/ebay.sample.ts';
import { sample as elevenlabs } from './providers/elevenlabs.sample.ts';
import { sample as fusionauth } from './providers/fusionauth.sample.ts';
import { sample as github } from './providers/github.sample.ts';
import { sample as gitlab } from './providers/gitlab.sample.ts';
import { sample as gocardless } from './providers/gocardless.sample.ts';
import { sample as heroku } from './providers/heroku.sample.ts';
import { sample as hubspot } from './providers/hubspot.sample.ts';
import { sample as intercom } from './providers/intercom.sample.ts';
import { sample as jira } from './providers/jira.sample.ts';
import { sample as launchdarkly } from './providers/launchdarkly.sample.ts';
import { sample as lemonsqueezy } from './providers/lemonsqueezy.sample.ts';
import { sample as line } from './providers/line.sample.ts';
import { sample as linear } from './providers/linear.sample.ts';
import { sample as mailgun } from './providers/mailgun.sample.ts';
import { sample as mandrill } from './providers/mandrill.sample.ts';
import { sample as meta } from './providers/meta.sample.ts';
import { sample as monday } from './providers/monday.sample.ts';
import { sample as msgraph } from './providers/msgraph.sample.ts';
import { sample as mux } from './providers/mux.sample.ts';
import { sample as notion } from './providers/notion.sample.ts';
import { sample as nylas } from './providers/nylas.sample.ts';
import { sample as okta } from './providers/okta.sample.ts';
import { sample as openai } from './providers/openai.sample.ts';
import { sample as paddle } from './providers/paddle.sample.ts';
import { sample as pagerduty } from './providers/pagerduty.sample.ts';
import { sample as paypal } from './providers/paypal.sample.ts';
import { sample as paystack } from './providers/paystack.sample.ts';
import { sample as persona } from './providers/persona.sample.ts';
import { sample as plaid } from './providers/plaid.sample.ts';
import { sample as polar } from './providers/polar.sample.ts';
import { sample as postmark } from './providers/postmark.sample.ts';
import { sample as razorpay } from './providers/razorpay.sample.ts';
import { sample as recharge } from './providers/recharge.sample.ts';
import { sample as recurly } from './providers/recurly.sample.ts';
import { sample as replicate } from './providers/replicate.sample.ts';
import { sample as sanity } from './providers/sanity.sample.ts';
import { sample as sendgrid } from './providers/sendgrid.sample.ts';
import { sample as sentry } from './providers/sentry.sample.ts';
import { sample as shopify } from './providers/shopify.sample.ts';
import { sample as slack } from './providers/slack.sample.ts';
import { sample as sns } from './providers/sns.sample.ts';
import { sample as square } from './providers/square.sample.ts';
import { sample as standardWebhooks } from './providers/standard-webhooks.sample.ts';
import { sample as strava } from './providers/strava.sample.ts';
import { sample as stripe } from './providers/stripe.sample.ts';
import { sample as supabase } from './providers/supabase.sample.ts';
import { sample as telegram } from './providers/telegram.sample.ts';
import { sample as telnyx } from './providers/telnyx.sample.ts';
import { sample as tiktok } from './providers/tiktok.sample.ts';
import { sample as trello } from './providers/trello.sample.ts';
import { sample as twilio } from './providers/twilio.sample.ts';
import { sample as twitch } from './providers/twitch.sample.ts';
import { sample as typeform } from './providers/typeform.sample.ts';
import { sample as vercel } from './providers/vercel.sample.ts';
import { sample as webflow } from './providers/webflow.sample.ts';
import { sample as woocommerce } from './providers/woocommerce.sample.ts';
import { sample as workos } from './providers/workos.sample.ts';
import { sample as x } from './providers/x.sample.ts';
import { sample as xero } from './providers/xero.sample.ts';
import { sample as zendesk } from './providers/zendesk.sample.ts';
import { sample as zoom } from './providers/zoom.sample.ts';
import type { MakeSample } from './sample.ts';

/** The sample of each provider of the catalogue. */
export const samples = {
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
} as const satisfies Readonly<Record<keyof typeof catalogue, MakeSample>>;
