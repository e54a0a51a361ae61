/** `hookline`: the constructs, for the CDK app. */

export type { ProviderName } from '../lambdas/domain/provider/catalogue.ts';
export type { Ed25519Settings, HmacSettings, TokenSettings } from '../lambdas/domain/source.ts';
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
export type { NodeLambda } from '../lib/parts/node-lambda.ts';
export type { RecordTable } from '../lib/parts/record-table.ts';
export type { WorkQueue } from '../lib/parts/work-queue.ts';
export type { CustomDomain } from '../lib/public-urls.ts';
export type { RetryPreset } from '../lib/settings.ts';
export { SettingsError } from '../lib/settings-error.ts';
export type { SourceProps, Sources } from '../lib/source-props.ts';
export { Target } from '../lib/target.ts';
export { WebhookStack, type WebhookStackProps } from '../lib/webhook-stack.ts';
export { Webhooks } from '../lib/webhooks.ts';
