import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { openPublication } from '../../lambdas/domain/publish-message.ts';
import type { PublishFromBusProps } from '../../lib/publish-from-bus.ts';
import { Webhooks } from '../../lib/webhooks.ts';
import { quickApp } from './support/synth.ts';

function stackWith(...all: readonly PublishFromBusProps[]) {
  const stack = new Stack(quickApp(), 'Test');
  const bus = new EventBus(stack, 'Bus');
  const hooks = new Webhooks(stack, 'Default', { sources: { stripe: { provider: 'stripe' } } });
  const rules = all.map((props) => hooks.outbound.from(bus, props));
  return { stack, hooks, rules, template: Template.fromStack(stack) };
}
const tenant = '$.detail.customerId';

describe('an event of a bus', () => {
  test('an event of a bus is published under its own id and type, to the tenant that it names', () => {
    const { template, stack, hooks } = stackWith({ detailType: 'invoice.*', tenant });

    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': [{ prefix: 'invoice.' }] },
      Targets: [
        Match.objectLike({
          Arn: stack.resolve(hooks.outbound.publishing.queue.queueArn),
          DeadLetterConfig: { Arn: Match.anyValue() },
          InputTransformer: {
            InputPathsMap: {
              id: '$.id',
              'detail-type': '$.detail-type',
              'detail-customerId': tenant,
              detail: '$.detail',
            },
            InputTemplate: '{"id":<id>,"type":<detail-type>,"tenant":<detail-customerId>,"data":<detail>}',
          },
        }),
      ],
    });
  });

  test('only the rule may send to the publish queue and to its DLQ, and a dead letter rings an alarm', () => {
    const { template } = stackWith({ detailType: 'invoice.paid', tenant, source: 'shop' });
    const policies = JSON.stringify(template.findResources('AWS::SQS::QueuePolicy'));
    const alarms = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'));

    expect(policies.match(/"Principal":\{"Service":"events.amazonaws.com"\}/g)).toHaveLength(2);
    expect(policies.match(/"ArnEquals":\{"aws:SourceArn":\{"Fn::GetAtt":\["[^"]*From/g)).toHaveLength(2);
    expect(alarms).toContain('EventBridge could not deliver an event invoice.paid');
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['shop'], 'detail-type': ['invoice.paid'] },
    });
  });

  test('several kinds of events of one bus, and all of them, are published side by side', () => {
    const types = ['a.b', 'ab', 'a.*', 'a', '*'];
    const { rules } = stackWith(...types.map((detailType) => ({ detailType, tenant })), {
      detailType: 'a',
      tenant,
      source: 'shop',
    });

    expect(new Set(rules.map(({ node }) => node.addr)).size).toBe(6);
  });
});

test.each([
  [{ detailType: 'a.*.b', tenant }, "detailType is 'a.*.b'; write an exact one, 'prefix.*' or '*'"],
  [{ detailType: '*', tenant: 'acme' }, "tenant is 'acme'; write a path such as $.detail.customerId"],
  [{ detailType: '*' } as PublishFromBusProps, 'tenant is missing'],
  [{ detailType: '*', tenant, id: '$.detail.items[0]' }, "id is '$.detail.items[0]'; write a path"],
  [{ detailType: '*', tenant, tennant: '' } as PublishFromBusProps, 'outbound.from: tennant is unknown'],
])('synth names the setting: %j', (props, message) => {
  expect(() => stackWith(props)).toThrow(message);
});

/** What EventBridge may make of a path that an event does not have. */
test.each(['""', '', 'null'])('an event without a tenant is never published: %j', (tenantText) => {
  const text = `{"id":"e-1","type":"invoice.paid","tenant":${tenantText},"data":{}}`;

  expect(openPublication({ text, messageId: 'm' })).toMatchObject({ kind: 'unusable' });
});

test('EventBridge may use the key of an encrypted deployment', () => {
  const stack = new Stack(quickApp(), 'Test');
  const sources = { stripe: { provider: 'stripe' } } as const;
  const hooks = new Webhooks(stack, 'Default', { sources, encryptionKey: new Key(stack, 'Key') });
  hooks.outbound.from(new EventBus(stack, 'Bus'), { detailType: '*', tenant });

  const keys = JSON.stringify(Template.fromStack(stack).findResources('AWS::KMS::Key'));

  expect(keys).toContain('"events.amazonaws.com"');
});
