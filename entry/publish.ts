/** `hookline/publish`: the client of an app that publishes events. It needs `@aws-sdk/client-sqs` and nothing else. */
export { PublishError, publishWebhook, type WebhookEvent } from '../client/publish-webhook.ts';
