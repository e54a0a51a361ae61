/** `hookline`: the constructs, for the CDK app. */
export type { ManagementApi } from '../lib/management-api.ts';
export type { Outbound } from '../lib/outbound.ts';
export type { OutboundProps } from '../lib/outbound-settings.ts';
export type { CustomDomain } from '../lib/public-urls.ts';
export { SettingsError } from '../lib/settings-error.ts';
export type { SourceProps, Sources } from '../lib/source-props.ts';
export { WebhookStack, type WebhookStackProps } from '../lib/webhook-stack.ts';
export { type InboundParts, Webhooks, type WebhooksProps } from '../lib/webhooks.ts';
