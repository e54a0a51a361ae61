import { join } from 'node:path';
import { App, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { WebhookStack } from '../../lib/webhook-stack.ts';

// A consumer that never starts: its handlers cannot be loaded.

new WebhookStack(new App({ builtinCloudFormationValidation: false }), 'BrokenConsumer', {
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
  sources: { stripe: { provider: 'stripe', handlerTimeout: Duration.seconds(2) } },
  handlersRegistry: join(import.meta.dirname, 'handlers/broken-import.ts'),
  dataRemoval: RemovalPolicy.DESTROY,
});
