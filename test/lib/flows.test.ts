import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { idOf, statementsOf } from './support/policies.ts';
import { quickApp, synth, threeSources } from './support/synth.ts';

const app = synth();
const lambdas = app.resources('AWS::Lambda::Function');
const queues = app.resources('AWS::SQS::Queue');

describe('every function', () => {
  test('runs Node.js 24 on arm64, without options that cost each cold start', () => {
    for (const { Properties } of Object.values(lambdas)) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Environment: { Variables: { NODE_OPTIONS: '--disable-warning=DEP0169', UV_THREADPOOL_SIZE: '16' } },
      });
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });

  test('may not loop, but deliver and the consumers, which send what waits to their own queues', () => {
    const loops = Object.entries(lambdas).filter(([, { Properties }]) => 'RecursiveLoop' in Properties);

    expect(loops.map(([path, { Properties }]) => [path, Properties['RecursiveLoop']])).toEqual([
      ['Source-stripe/Consume', 'Allow'],
      ['Source-github/Consume', 'Allow'],
      ['Source-shopify/Consume', 'Allow'],
      ['Outbound/Deliver', 'Allow'],
    ]);
  });

  test('has an environment far below 4 KB and a handful of permissions', () => {
    const permissions = Object.values(app.resources('AWS::Lambda::Permission'));
    for (const [path, { Properties }] of Object.entries(lambdas)) {
      const own = idOf(app, 'AWS::Lambda::Function', path);
      const granted = permissions.filter((permission) => JSON.stringify(permission).includes(own));
      expect(JSON.stringify(Properties['Environment']).length, path).toBeLessThan(3_500);
      expect(granted.length, path).toBeLessThanOrEqual(15);
    }
  });
});

describe('queues', () => {
  const seconds = (path: string) => Number(lambdas[path]?.Properties['Timeout']);
  const visibility = (path: string) => Number(queues[path]?.Properties['VisibilityTimeout']);

  test('hide a message for six times as long as its function runs', () => {
    expect(seconds('Source-stripe/Consume')).toBe(60);
    expect(visibility('Source-stripe/Work/Queue')).toBe(360);
    expect(seconds('Outbound/Deliver')).toBe(75);
    expect(visibility('Outbound/Delivering/Queue')).toBe(450);
    expect(seconds('Outbound/Publish')).toBe(60);
    expect(visibility('Outbound/Publishing/Queue')).toBe(360);
  });

  test('follow what the app sets', () => {
    const quick = synth({
      sources: { stripe: { provider: 'stripe', handlerTimeout: Duration.seconds(3), maxConcurrency: 2 } },
      outbound: { attemptTimeout: Duration.seconds(4) },
    });

    expect(quick.resources('AWS::Lambda::Function')['Outbound/Deliver']?.Properties).toMatchObject({
      Timeout: 23,
    });
    expect(quick.resources('AWS::SQS::Queue')['Source-stripe/Work/Queue']?.Properties).toMatchObject({
      VisibilityTimeout: 18,
    });
    quick.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  test('keep messages 7 days, dead letters 14, and leave giving up to us', () => {
    for (const [path, { Properties }] of Object.entries(queues)) {
      const dead = path.endsWith('Dlq') || path === 'Outbound/Undelivered';
      expect(Properties, path).toMatchObject({ MessageRetentionPeriod: (dead ? 14 : 7) * 86_400 });
      if (!dead) expect(Properties).toMatchObject({ RedrivePolicy: { maxReceiveCount: 100 } });
    }
  });

  test('are consumed with partial batch failures, each to its own function', () => {
    const mappings = Object.values(app.resources('AWS::Lambda::EventSourceMapping'));

    expect(mappings).toHaveLength(5);
    for (const { Properties } of mappings) {
      expect(Properties).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    }
    app.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [idOf(app, 'AWS::SQS::Queue', 'Outbound/Delivering/Queue'), 'Arn'] },
      FunctionName: { Ref: idOf(app, 'AWS::Lambda::Function', 'Outbound/Deliver') },
      BatchSize: 5,
      ScalingConfig: { MaximumConcurrency: 50 },
    });
  });
});

describe('every queue has a bound on the functions that it starts', () => {
  const concurrencyOf = (synthesised: typeof app, queue: string, worker: string) => {
    const queueId = idOf(synthesised, 'AWS::SQS::Queue', queue);
    const mapping = Object.values(synthesised.resources('AWS::Lambda::EventSourceMapping')).find((one) =>
      JSON.stringify(one.Properties['EventSourceArn']).includes(`"${queueId}"`),
    );
    expect(mapping?.Properties['FunctionName'], queue).toEqual({
      Ref: idOf(synthesised, 'AWS::Lambda::Function', worker),
    });
    return mapping?.Properties['ScalingConfig'];
  };

  test('by default', () => {
    expect(concurrencyOf(app, 'Outbound/Publishing/Queue', 'Outbound/Publish')).toEqual({
      MaximumConcurrency: 10,
    });
    for (const { Properties } of Object.values(app.resources('AWS::Lambda::EventSourceMapping'))) {
      expect(Properties).toHaveProperty('ScalingConfig.MaximumConcurrency');
    }
  });

  test('as the app sets it', () => {
    const props = { outbound: { maxConcurrency: 7, publishMaxConcurrency: 3 } };
    const own = synth({ sources: { stripe: { provider: 'stripe' } }, ...props });

    expect(concurrencyOf(own, 'Outbound/Publishing/Queue', 'Outbound/Publish')).toEqual({
      MaximumConcurrency: 3,
    });
    expect(concurrencyOf(own, 'Outbound/Delivering/Queue', 'Outbound/Deliver')).toEqual({
      MaximumConcurrency: 7,
    });
  });
});

describe('the topic', () => {
  test('hands messages over in their envelope, with a DLQ for what it cannot hand over', () => {
    app.template.resourceCountIs('AWS::SNS::Subscription', 1);
    app.template.hasResourceProperties('AWS::SNS::Subscription', {
      Endpoint: { 'Fn::GetAtt': [idOf(app, 'AWS::SQS::Queue', 'Outbound/Publishing/Queue'), 'Arn'] },
      RawMessageDelivery: false,
      RedrivePolicy: {
        deadLetterTargetArn: {
          'Fn::GetAtt': [idOf(app, 'AWS::SQS::Queue', 'Outbound/SubscriptionDlq'), 'Arn'],
        },
      },
    });
  });
});

test.each(['Outbound/Publishing/Queue', 'Outbound/SubscriptionDlq'])(
  '%s takes what SNS brings from this topic, and from no other',
  (path) => {
    const policy = app.resources('AWS::SQS::QueuePolicy')[`${path}/Policy`];
    const allowed = statementsOf(policy?.Properties['PolicyDocument']).filter(
      ({ effect }) => effect === 'Allow',
    );

    expect(allowed).toMatchObject([
      {
        actions: ['sqs:SendMessage'],
        principal: { Service: 'sns.amazonaws.com' },
        condition: {
          ArnEquals: { 'aws:SourceArn': { Ref: idOf(app, 'AWS::SNS::Topic', 'Outbound/Topic') } },
        },
      },
    ]);
  },
);

describe('the sweep', () => {
  test('runs every minute, without retries that would pile up', () => {
    app.template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
    });
    app.template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: idOf(app, 'AWS::Lambda::Function', 'Outbound/Sweep') },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
    expect(lambdas['Outbound/Sweep']?.Properties).toMatchObject({ Timeout: 55 });
  });
});

describe('the management API', () => {
  test('lets in whom IAM allows, and nobody else, at most so often', () => {
    const routes = Object.values(app.resources('AWS::ApiGatewayV2::Route'));
    const [own] = routes.filter(({ Properties }) => Properties['RouteKey'] === 'ANY /{proxy+}');

    expect(own?.Properties).toMatchObject({ AuthorizationType: 'AWS_IAM' });
    app.template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    });
  });

  test('is used by whom the app lets', () => {
    const stack = new WebhookStack(quickApp(), 'Test', { sources: threeSources });
    const backend = new Role(stack, 'Backend', { assumedBy: new AccountRootPrincipal() });

    stack.management.grantUse(backend);

    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow' }] },
    });
  });
});

describe('the API', () => {
  test('takes v4 and v6 callers', () => {
    app.template.hasResourceProperties('AWS::ApiGatewayV2::Api', { IpAddressType: 'dualstack' });
  });

  test('has routes for the methods that a provider sends with', () => {
    const own = synth({ sources: { calls: { provider: 'twilio' }, tickets: { provider: 'zendesk' } } });
    const routes = Object.values(own.resources('AWS::ApiGatewayV2::Route'));

    expect(routes.map(({ Properties }) => String(Properties['RouteKey']))).toEqual(
      expect.arrayContaining([
        'GET /webhooks/calls',
        ...['POST', 'PUT', 'PATCH'].map((method) => `${method} /webhooks/tickets`),
      ]),
    );
  });

  test('has a route for each source, and access logs', () => {
    const routes = Object.values(app.resources('AWS::ApiGatewayV2::Route'));

    expect(routes.map(({ Properties }) => Properties['RouteKey'])).toEqual([
      'POST /webhooks/stripe',
      'POST /webhooks/github',
      'POST /webhooks/shopify',
      'ANY /{proxy+}',
    ]);
    app.template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
    });
    expect(JSON.stringify(app.resources('AWS::ApiGatewayV2::Stage'))).toContain('$context.requestId');
  });
});
