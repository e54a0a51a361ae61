import { join } from 'node:path';
import { App, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { WebhookStack } from '../../lib/webhook-stack.ts';

// The flow tests' app: a source for each way to sign, and the real delays made short. `-c sink=URL` is where the handlers report.

const app = new App({ builtinCloudFormationValidation: false });
const handlers = {
  handlerTimeout: Duration.seconds(4),
  handlerRetryDelays: [1, 1, 1].map((count) => Duration.seconds(count)),
  handlerEnvironment: { SINK_URL: app.node.tryGetContext('sink') ?? 'http://127.0.0.1:9' },
};
const hmac = { signatureHeader: 'x-signature', algorithm: 'sha256', encoding: 'hex', prefix: '' } as const;
const named = {
  provider: 'hmac',
  hmac: { ...hmac, idHeader: 'x-id', typeHeader: 'x-type' },
  ...handlers,
} as const;

new WebhookStack(app, app.node.tryGetContext('name') ?? 'Flows', {
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
  sources: {
    stripe: { provider: 'stripe', ...handlers },
    rotating: { provider: 'stripe', rotationOverlap: Duration.seconds(15), ...handlers },
    github: { provider: 'github', keepRefusedRequests: true, ...handlers },
    shopify: { provider: 'shopify', ...handlers },
    standard: { provider: 'standard-webhooks', ...handlers },
    plain: named,
    // Handlers that kill their process take the batch with them, so each of those tests has a separate source.
    // An attempt at it lasts until its message is visible again, so it has one less.
    deadly: { ...named, handlerRetryDelays: [1, 1].map((count) => Duration.seconds(count)) },
    mortal: named,
    hanging: named,
    timed: {
      provider: 'hmac',
      hmac: {
        ...hmac,
        algorithm: 'sha512',
        encoding: 'base64',
        prefix: 'v1=',
        timestampHeader: 'x-timestamp',
      },
      ...handlers,
    },
    batch: { provider: 'hmac', hmac: { ...hmac, batch: true }, ...handlers },
    fenced: { provider: 'hmac', hmac, allowedCidrs: ['192.0.2.0/24', '2001:db8::/32'], ...handlers },
    // Its wait is too long for a message in flight.
    quiet: { ...named, handlerRetryDelays: [Duration.seconds(61)] },
  },
  outbound: {
    retrySchedule: [2, 4, 3600].map((count) => Duration.seconds(count)),
    // Longer than the 5 s after which a request is cut.
    attemptTimeout: Duration.seconds(7),
    connectTimeout: Duration.seconds(2),
  },
  handlersRegistry: join(import.meta.dirname, 'handlers/flows.ts'),
  dataRemoval: RemovalPolicy.DESTROY,
});
