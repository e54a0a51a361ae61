import type { LocalOutputs } from '../../../local/outputs.ts';

/** The outputs of a deploy of the default app's shape. */
export const exampleOutputs: LocalOutputs = {
  awsEndpoint: 'http://127.0.0.1:4566',
  inbound: {
    baseUrl: 'http://127.0.0.1:4566/_aws/execute-api/ab12',
    sources: {
      github: {
        url: 'http://127.0.0.1:4566/_aws/execute-api/ab12/webhooks/github',
        secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Hookline/github-x',
        provider: 'github',
      },
      'stripe-eu': {
        url: 'http://127.0.0.1:4566/_aws/execute-api/ab12/webhooks/stripe-eu',
        secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Hookline/stripe-eu-x',
        provider: 'stripe',
      },
    },
  },
  managementUrl: 'http://127.0.0.1:4566/management',
  outbound: {
    topicArn: 'arn:aws:sns:us-east-1:000000000000:T',
    publishQueueUrl: 'http://q/publish',
    signingSecretArn: 'arn:s',
    masterSecretArn: 'arn:m',
    operationsTopicArn: 'arn:o',
  },
  tables: {
    inboundEvents: 'InboundT',
    outboundEvents: 'OutboundT',
    deliveries: 'DeliveriesT',
    endpoints: 'EndpointsT',
  },
  payloadBucket: 'bodies',
  tapQueuePrefix: 'Hookline_tap_',
  queues: {
    publish: 'http://q/publish',
    delivery: 'http://q/delivery',
    sideline: 'http://q/sideline',
    inbound: {},
  },
  dlqs: {
    publish: 'http://q/p-dlq',
    delivery: 'http://q/d-dlq',
    undelivered: 'http://q/undelivered',
    subscription: 'http://q/s-dlq',
    inbound: {},
  },
};
