import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { accessLine } from '../../cost/lines.ts';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { idOf, statementsOf } from './support/policies.ts';
import { quickApp, synth, threeSources } from './support/synth.ts';

const app = synth();
const lambdas = app.resources('AWS::Lambda::Function');
const queues = app.resources('AWS::SQS::Queue');

describe('every function', () => {
  test('every function runs Node.js 24 on arm64, without options that cost each cold start', () => {
    for (const { Properties } of Object.values(lambdas)) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Environment: { Variables: { NODE_OPTIONS: '--disable-warning=DEP0169', UV_THREADPOOL_SIZE: '16' } },
      });
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });

  test('every function has loop detection, except deliver and the consumers, which send to their own queues', () => {
    const loops = Object.entries(lambdas).filter(([, { Properties }]) => 'RecursiveLoop' in Properties);

    expect(loops.map(([path, { Properties }]) => [path, Properties['RecursiveLoop']])).toEqual([
      ['Source-stripe/Consume', 'Allow'],
      ['Source-github/Consume', 'Allow'],
      ['Source-shopify/Consume', 'Allow'],
      ['Outbound/Deliver', 'Allow'],
    ]);
  });

  test('every function has an environment far below 4 KB and a handful of permissions', () => {
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

  test('queues hide a message for six times the timeout of their function', () => {
    expect(seconds('Source-stripe/Consume')).toBe(60);
    expect(visibility('Source-stripe/Work/Queue')).toBe(360);
    expect(seconds('Outbound/Deliver')).toBe(75);
    expect(visibility('Outbound/Delivering/Queue')).toBe(450);
    expect(visibility('Outbound/Sideline/Queue')).toBe(450);
    expect(seconds('Outbound/Publish')).toBe(60);
    expect(visibility('Outbound/Publishing/Queue')).toBe(360);
  });

  test('queues use the settings of the app', () => {
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

  test('queues keep messages for 7 days and dead letters for 14, and leave giving up to our code', () => {
    for (const [path, { Properties }] of Object.entries(queues)) {
      const dead = path.endsWith('Dlq') || path === 'Outbound/Undelivered';
      expect(Properties, path).toMatchObject({ MessageRetentionPeriod: (dead ? 14 : 7) * 86_400 });
      if (!dead) expect(Properties).toMatchObject({ RedrivePolicy: { maxReceiveCount: 100 } });
    }
  });

  test('queues are consumed with partial batch failures, each to its own function, and both task queues to one', () => {
    const mappings = Object.values(app.resources('AWS::Lambda::EventSourceMapping'));

    expect(mappings).toHaveLength(6);
    for (const { Properties } of mappings) {
      expect(Properties).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    }
    app.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [idOf(app, 'AWS::SQS::Queue', 'Outbound/Delivering/Queue'), 'Arn'] },
      FunctionName: { Ref: idOf(app, 'AWS::Lambda::Function', 'Outbound/Deliver') },
      BatchSize: 10,
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

  test('every queue has a limit of the functions that it starts, by default', () => {
    expect(concurrencyOf(app, 'Outbound/Publishing/Queue', 'Outbound/Publish')).toEqual({
      MaximumConcurrency: 10,
    });
    for (const { Properties } of Object.values(app.resources('AWS::Lambda::EventSourceMapping'))) {
      expect(Properties).toHaveProperty('ScalingConfig.MaximumConcurrency');
    }
  });

  test('every queue has the limit of functions that the app sets', () => {
    const props = { outbound: { maxConcurrency: 7, publishMaxConcurrency: 3 } };
    const own = synth({ sources: { stripe: { provider: 'stripe' } }, ...props });

    expect(concurrencyOf(own, 'Outbound/Publishing/Queue', 'Outbound/Publish')).toEqual({
      MaximumConcurrency: 3,
    });
    expect(concurrencyOf(own, 'Outbound/Delivering/Queue', 'Outbound/Deliver')).toEqual({
      MaximumConcurrency: 7,
    });
  });

  test('endpoints that are slow or down have a fifth of the deliver functions, at least two, beside the others', () => {
    expect(concurrencyOf(app, 'Outbound/Sideline/Queue', 'Outbound/Deliver')).toEqual({
      MaximumConcurrency: 10,
    });
    const few = synth({ sources: { stripe: { provider: 'stripe' } }, outbound: { maxConcurrency: 7 } });
    expect(concurrencyOf(few, 'Outbound/Sideline/Queue', 'Outbound/Deliver')).toEqual({
      MaximumConcurrency: 2,
    });
  });

  test('both task queues have the same DLQ, with one alarm', () => {
    const dlq = { 'Fn::GetAtt': [idOf(app, 'AWS::SQS::Queue', 'Outbound/Delivering/Dlq'), 'Arn'] };
    for (const path of ['Outbound/Delivering/Queue', 'Outbound/Sideline/Queue'])
      expect(queues[path]?.Properties, path).toMatchObject({ RedrivePolicy: { deadLetterTargetArn: dlq } });
    const alarms = Object.keys(app.resources('AWS::CloudWatch::Alarm'));
    expect(alarms.filter((path) => path.startsWith('Outbound/Sideline/'))).toEqual([
      'Outbound/Sideline/AgeAlarm',
    ]);
  });
});

describe('the topic', () => {
  test('the topic delivers messages in their envelope, with a DLQ for those that it cannot deliver', () => {
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
  'the queue %s accepts messages of SNS from this topic, and from no other',
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
  test('the sweep runs every minute, without retries that would pile up', () => {
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
  test('the management API lets in only callers that IAM allows, at a limited rate', () => {
    const routes = Object.values(app.resources('AWS::ApiGatewayV2::Route'));
    const [own] = routes.filter(({ Properties }) => Properties['RouteKey'] === 'ANY /{proxy+}');

    expect(own?.Properties).toMatchObject({ AuthorizationType: 'AWS_IAM' });
    app.template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    });
  });

  test('the management API is used by the roles that the app grants', () => {
    const stack = new WebhookStack(quickApp(), 'Test', { sources: threeSources });
    const backend = new Role(stack, 'Backend', { assumedBy: new AccountRootPrincipal() });

    stack.management.grantUse(backend);

    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow' }] },
    });
  });
});

describe('the API', () => {
  test('the API accepts v4 and v6 callers', () => {
    app.template.hasResourceProperties('AWS::ApiGatewayV2::Api', { IpAddressType: 'dualstack' });
  });

  test('the API has routes for the methods that a provider sends with', () => {
    const own = synth({ sources: { calls: { provider: 'twilio' }, tickets: { provider: 'zendesk' } } });
    const routes = Object.values(own.resources('AWS::ApiGatewayV2::Route'));

    expect(routes.map(({ Properties }) => String(Properties['RouteKey']))).toEqual(
      expect.arrayContaining([
        'GET /webhooks/calls',
        ...['POST', 'PUT', 'PATCH'].map((method) => `${method} /webhooks/tickets`),
      ]),
    );
  });

  test('the API has a route for each source, and access logs', () => {
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
    const stages = Object.values(app.resources('AWS::ApiGatewayV2::Stage'));
    expect(stages).toHaveLength(2);
    for (const { Properties } of stages) {
      const { Format } = v.parse(v.object({ Format: v.string() }), Properties['AccessLogSettings']);
      expect(JSON.parse(Format)).toMatchObject({ requestId: '$context.requestId', path: '$context.path' });
      // The model of the costs counts such a line.
      expect(Object.keys(accessLine)).toEqual(Object.keys(JSON.parse(Format)));
    }
  });
});
