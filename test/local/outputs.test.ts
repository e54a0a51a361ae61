import { expect, test } from 'vitest';
import { toLocalOutputs } from '../../local/outputs.ts';

const queue = (name: string): string => `http://127.0.0.1:4566/000000000000/${name}`;
/** As the CDK's tool writes them. */
const deployed = {
  Other: { Something: 'else' },
  Hookline: {
    InboundApiId: 'ab12cd34',
    InboundBaseUrl: 'http://ab12cd34.execute-api.127.0.0.1:4566',
    ManagementUrl: 'http://ef56ab78.execute-api.127.0.0.1:4566',
    OutboundTopicArn: 'arn:topic',
    MasterSecretArn: 'arn:master',
    OperationsTopicArn: 'arn:operations',
    EndpointsTable: 'Endpoints-1',
    OutboundSigningSecretArn: 'arn:signing',
    PayloadBucket: 'bodies',
    TapQueuePrefix: 'Hookline_tap_',
    PublishQueueUrl: queue('publish'),
    DeliveryQueueUrl: queue('delivery'),
    SidelineQueueUrl: queue('sideline'),
    PublishDlqUrl: queue('publish-dlq'),
    DeliveryDlqUrl: queue('delivery-dlq'),
    UndeliveredQueueUrl: queue('undelivered'),
    SubscriptionDlqUrl: queue('subscription-dlq'),
    InboundEventsTable: 'InboundEvents-1',
    OutboundEventsTable: 'OutboundEvents-1',
    DeliveriesTable: 'Deliveries-1',
    Source1: JSON.stringify({
      name: 'stripe',
      provider: 'stripe',
      url: 'http://ab12cd34.execute-api.127.0.0.1:4566/webhooks/stripe',
      publicUrl: 'https://hooks.example.com/webhooks/stripe',
      secretArn: 'arn:stripe',
      queueUrl: queue('stripe'),
      dlqUrl: queue('stripe-dlq'),
    }),
  },
};

test('the outputs file names everything of the deployed stack, at addresses that every client can reach', () => {
  const endpoint = { url: 'http://127.0.0.1:4566' };

  expect(toLocalOutputs(endpoint, deployed)).toEqual({
    awsEndpoint: 'http://127.0.0.1:4566',
    inbound: {
      baseUrl: 'http://127.0.0.1:4566/_aws/execute-api/ab12cd34',
      sources: {
        stripe: {
          url: 'http://127.0.0.1:4566/_aws/execute-api/ab12cd34/webhooks/stripe',
          publicUrl: 'https://hooks.example.com/webhooks/stripe',
          secretArn: 'arn:stripe',
          provider: 'stripe',
        },
      },
    },
    managementUrl: 'http://127.0.0.1:4566/_aws/execute-api/ef56ab78',
    outbound: {
      topicArn: 'arn:topic',
      publishQueueUrl: queue('publish'),
      signingSecretArn: 'arn:signing',
      masterSecretArn: 'arn:master',
      operationsTopicArn: 'arn:operations',
    },
    tables: {
      inboundEvents: 'InboundEvents-1',
      outboundEvents: 'OutboundEvents-1',
      deliveries: 'Deliveries-1',
      endpoints: 'Endpoints-1',
    },
    payloadBucket: 'bodies',
    tapQueuePrefix: 'Hookline_tap_',
    queues: {
      publish: queue('publish'),
      delivery: queue('delivery'),
      sideline: queue('sideline'),
      inbound: { stripe: queue('stripe') },
    },
    dlqs: {
      publish: queue('publish-dlq'),
      delivery: queue('delivery-dlq'),
      undelivered: queue('undelivered'),
      subscription: queue('subscription-dlq'),
      inbound: { stripe: queue('stripe-dlq') },
    },
  });
});

test('the outputs file says with TLS which certificate to trust', () => {
  expect(toLocalOutputs({ url: 'https://127.0.0.1:1', caFile: '/ca.pem' }, deployed)).toMatchObject({
    awsEndpoint: 'https://127.0.0.1:1',
    caFile: '/ca.pem',
  });
});

test('an app without Hookline is refused', () => {
  expect(() => toLocalOutputs({ url: 'http://127.0.0.1:1' }, { Other: { Something: 'else' } })).toThrow(
    'The app has neither a WebhookStack nor Webhooks, so there is nothing to run: add one to the app, or choose another app with --app.',
  );
});

test('an app that only sends is refused, since the local AWS shows both flows', () => {
  const { InboundBaseUrl, TapQueuePrefix, InboundEventsTable, Source1, ...sending } = deployed.Hookline;

  expect(() => toLocalOutputs({ url: 'http://127.0.0.1:1' }, { Hookline: sending })).toThrow(
    'The app has only OutboundWebhooks, and the local AWS runs apps that do both',
  );
});
