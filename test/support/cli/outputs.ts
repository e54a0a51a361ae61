import type { LocalOutputs } from '../../../local/outputs.ts';

/** The outputs of a local AWS with two sources. */
export const localOutputs: LocalOutputs = {
  awsEndpoint: 'http://127.0.0.1:4566',
  inbound: {
    baseUrl: 'http://127.0.0.1:4566/api',
    sources: {
      stripe: { url: 'http://127.0.0.1:4566/api/stripe', secretArn: 'arn:stripe', provider: 'stripe' },
      partner: { url: 'http://127.0.0.1:4566/api/partner', secretArn: 'arn:partner', provider: 'hmac' },
    },
  },
  managementUrl: 'http://127.0.0.1:4566/management',
  outbound: {
    topicArn: 'arn:topic',
    publishQueueUrl: 'sqs:publish',
    signingSecretArn: 'arn:signing',
    masterSecretArn: 'arn:master',
    operationsTopicArn: 'arn:operations',
  },
  tables: { inboundEvents: 'in', outboundEvents: 'out', deliveries: 'deliveries', endpoints: 'endpoints' },
  payloadBucket: 'payloads',
  tapQueuePrefix: 'Hookline_tap_',
  queues: {
    publish: 'sqs:publish',
    delivery: 'sqs:delivery',
    sideline: 'sqs:sideline',
    inbound: { stripe: 'sqs:stripe', partner: 'sqs:partner' },
  },
  dlqs: {
    publish: 'dlq:publish',
    delivery: 'dlq:delivery',
    undelivered: 'dlq:undelivered',
    subscription: 'dlq:subscription',
    inbound: { stripe: 'dlq:stripe', partner: 'dlq:partner' },
  },
};
