/** `hookline`: the constructs, for the CDK app. */
export type {
  DeploymentProps,
  InboundWebhooksProps,
  OutboundWebhooksProps,
  WebhooksProps,
} from '../lib/deployment-props.ts';
export type { InboundParts } from '../lib/inbound.ts';
export { InboundWebhooks } from '../lib/inbound-webhooks.ts';
export type { LambdaProps } from '../lib/lambda-props.ts';
export type { ManagementApi } from '../lib/management-api.ts';
export type { Outbound } from '../lib/outbound.ts';
export type { OutboundProps } from '../lib/outbound-settings.ts';
export { OutboundWebhooks } from '../lib/outbound-webhooks.ts';
export type { CustomDomain } from '../lib/public-urls.ts';
export { SettingsError } from '../lib/settings-error.ts';
export type { SourceProps, Sources } from '../lib/source-props.ts';
export { Target } from '../lib/target.ts';
export { WebhookStack, type WebhookStackProps } from '../lib/webhook-stack.ts';
export { Webhooks } from '../lib/webhooks.ts';
