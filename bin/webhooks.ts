import { App } from 'aws-cdk-lib';
import { WebhookStack } from '../lib/webhook-stack.ts';

// The one file to edit first: who sends you webhooks, and how you send yours.
// A second stack in the same account: another name, e.g. `npx cdk deploy -c name=Staging`.

const app = new App();

new WebhookStack(app, app.node.tryGetContext('name') ?? 'Hookline', {
  // The account and region of your AWS credentials.
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
  sources: {
    stripe: { provider: 'stripe' },
    github: { provider: 'github' },
    shopify: { provider: 'shopify' },
  },
  // outbound: { retrySchedule: 'standard-webhooks' },
  // alarmEmail: 'oncall@example.com',
});
