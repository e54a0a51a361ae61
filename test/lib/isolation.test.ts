import { Match, Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { namesGivenIn } from './support/names-given.ts';
import { quickApp, synth, threeSources } from './support/synth.ts';

const many = (count: number, prefix = 'source') =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${prefix}-${index}`, { provider: 'stripe' } as const]),
  );

describe('sixty sources that share', () => {
  const shared = synth({ isolation: 'shared', sources: many(60) });

  test('sixty sources that share have one route, one receiver, one queue, one consumer, and a secret each', () => {
    const routes = Object.values(shared.resources('AWS::ApiGatewayV2::Route'));

    expect(routes.map(({ Properties }) => Properties['RouteKey'])).toEqual([
      'POST /webhooks/{source}',
      'ANY /{proxy+}',
    ]);
    expect(Object.keys(shared.resources('AWS::Lambda::Function'))).toEqual([
      'Sources/Receive',
      'Sources/Consume',
      'Outbound/Publish',
      'Outbound/Deliver',
      'Outbound/Sweep',
      'Management/Function',
    ]);
    // And those of the management API.
    shared.template.resourceCountIs('AWS::ApiGatewayV2::Integration', 2);
    shared.template.resourceCountIs('AWS::Lambda::Permission', 2);
    shared.template.resourceCountIs('AWS::SecretsManager::Secret', 62);
  });

  test('sixty sources that share fit into the environment, since static settings are in the code', () => {
    const receive = shared.resources('AWS::Lambda::Function')['Sources/Receive'];

    expect(receive?.Properties).toMatchObject({ Environment: { Variables: { SOURCE: '' } } });
  });

  test('sixty sources that share let their receiver read only their secrets', () => {
    const policy = shared.resources('AWS::IAM::Policy')['Sources/ReceiveRole/DefaultPolicy'];
    const text = JSON.stringify(policy);

    expect(text.match(/"Ref":"SecretSource\d+"/g)).toHaveLength(60);
    expect(text).not.toContain('OutboundStores');
  });

  test('sixty sources that share have one consumer, which is found by each of their names', () => {
    expect(shared.stack.consumer('source-0')).toBe(shared.stack.consumer('source-59'));
    expect(() => shared.stack.consumer('nobody')).toThrow("there is no source 'nobody'");
  });
});

describe('a source with its own resources', () => {
  test('a source with its own resources has its name in its receiver’s environment', () => {
    const receive = synth().resources('AWS::Lambda::Function')['Source-github/Receive'];

    expect(receive?.Properties).toMatchObject({ Environment: { Variables: { SOURCE: 'github' } } });
  });

  test('a source with its own resources lets its handlers have what the team grants them', () => {
    const app = quickApp();
    const stack = new WebhookStack(app, 'Test', { sources: threeSources });
    const orders = new Queue(stack, 'Orders', { enforceSSL: true });

    orders.grantSendMessages(stack.consumer('shopify'));

    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^SourceshopifyConsumeRole'),
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Orders'), 'Arn'] } }),
        ]),
      },
    });
  });

  test('a source with its own resources needs at most 22 resources', () => {
    const count = (sources: number): number =>
      Object.keys(synth({ sources: many(sources) }).template.toJSON()['Resources']).length;

    expect(count(2) - count(1)).toBeLessThanOrEqual(22);
  });

  test('a source too many is refused when the stack is near CloudFormation’s limit', () => {
    expect(() => synth({ sources: many(24) })).toThrow(
      /has \d+ resources, but the limit here is 450 .*'shared'/,
    );
  });
});

describe('two stacks', () => {
  test('two stacks fit into one account without a common name', () => {
    const app = quickApp();
    const stacks = ['Blue', 'Green'].map((id) => new WebhookStack(app, id, { sources: threeSources }));

    const names = stacks.flatMap(namesGivenIn);

    expect(names).toEqual(expect.arrayContaining(['API Blue', 'API Blue-management', 'API Green']));
    expect(names).toEqual([...new Set(names)]);
  });
});

test('a source whose provider tests its URL by HEAD has a route for HEAD, too', () => {
  const { resources } = synth({
    sources: { boards: { provider: 'trello', publicUrl: 'https://hooks.example.test/boards' } },
  });

  const routes = Object.values(resources('AWS::ApiGatewayV2::Route'));

  expect(routes.map(({ Properties }) => Properties['RouteKey'])).toEqual([
    'POST /webhooks/boards',
    'HEAD /webhooks/boards',
    'ANY /{proxy+}',
  ]);
});
