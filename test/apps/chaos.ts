import { join } from 'node:path';
import { App, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { WebhookStack } from '../../lib/webhook-stack.ts';

// The chaos test's app: one source, and delays short enough that everything ends within minutes.

const app = new App();

new WebhookStack(app, 'Chaos', {
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
  sources: {
    plain: {
      provider: 'hmac',
      hmac: {
        signatureHeader: 'x-signature',
        algorithm: 'sha256',
        encoding: 'hex',
        prefix: '',
        idHeader: 'x-id',
        typeHeader: 'x-type',
      },
      // A batch with its suspects and the repeated calls of each fits into it; so does a minute of nothing but throttles.
      handlerTimeout: Duration.seconds(12),
      handlerRetryDelays: [1, 1, 2, 2, 4, 4].map((count) => Duration.seconds(count)),
      handlerEnvironment: { SINK_URL: app.node.tryGetContext('sink') ?? 'http://127.0.0.1:9' },
    },
  },
  outbound: {
    retrySchedule: [1, 1, 2, 2, 4, 4, 8, 8, 15, 15, 30, 30].map((count) => Duration.seconds(count)),
    attemptTimeout: Duration.seconds(3),
    connectTimeout: Duration.seconds(2),
  },
  handlersRegistry: join(import.meta.dirname, 'handlers/chaos.ts'),
  dataRemoval: RemovalPolicy.DESTROY,
});
