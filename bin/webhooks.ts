import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { WebhookStack } from 'hookline';

// Edit this file first: it says which sources send webhooks here, and how events are sent from here.
// `npm start` deploys it into the AWS on your laptop, `npx cdk deploy` into your account.
// For a second stack in the same account: npx cdk deploy -c name=Staging

const app = new App();

new WebhookStack(app, app.node.tryGetContext('name') ?? 'Hookline', {
  // The account and region of your AWS credentials.
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },

  handlersRegistry: join(import.meta.dirname, '../lambdas/handlers/registry.ts'),

  // Each source gets the URL …/webhooks/<name>; its handlers are in lambdas/handlers/<name>.ts.
  // After the deploy, store its secret: npx hookline secrets set <name>
  sources: {
    stripe: { provider: 'stripe' },
    github: { provider: 'github' },
    shopify: { provider: 'shopify' },
  },

  // Retries after 1 s, 5 s, 30 s, 2 min and 10 min. 'standard-webhooks' retries for three days.
  outbound: { retrySchedule: 'short' },

  // alarmEmail: 'oncall@example.com',
});
