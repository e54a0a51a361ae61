import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import type { OutboundWebhooksProps, WebhooksProps } from '../../lib/deployment-props.ts';
import { InboundWebhooks } from '../../lib/inbound-webhooks.ts';
import { OutboundWebhooks } from '../../lib/outbound-webhooks.ts';
import { deploymentsIn, factsFrom, outputsOf } from '../../lib/outputs.ts';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { Webhooks } from '../../lib/webhooks.ts';
import { deployedOutputs } from './support/deployed-outputs.ts';
import { namesGivenIn } from './support/names-given.ts';
import { newApp, quickApp, threeSources } from './support/synth.ts';

const sources = threeSources;

type Make = (stack: Stack) => unknown;
const makes: Readonly<Record<string, Make>> = {
  Webhooks: (stack) => new Webhooks(stack, 'Hooks', { sources }),
  InboundWebhooks: (stack) => new InboundWebhooks(stack, 'Hooks', { sources }),
  OutboundWebhooks: (stack) => new OutboundWebhooks(stack, 'Hooks'),
};

function stackWith(make: Make | undefined, app = quickApp()): Stack {
  const stack = new Stack(app, 'Shop');
  make?.(stack);
  return stack;
}

const idsByType = (stack: Stack) => {
  const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON()['Resources'];
  return new Map(Object.entries(resources).map(([id, { Type }]) => [id, Type]));
};
const typesIn = (stack: Stack): ReadonlySet<string> => new Set(idsByType(stack).values());

/** Resources of one part alone that `Webhooks` has otherwise: the sweep reads the queues there. */
const measuring = /^HooksDlqMeasuring/;

describe('InboundWebhooks', () => {
  const stack = stackWith(makes['InboundWebhooks']);

  test('InboundWebhooks has sources, and nothing that sends', () => {
    const template = Template.fromStack(stack);

    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
    template.resourceCountIs('AWS::ApiGatewayV2::Api', 2);
    // Only the topic of the alarms.
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.resourceCountIs('AWS::SQS::Queue', 6);
    expect([...idsByType(stack).keys()].filter((id) => id.startsWith('HooksOutbound'))).toEqual([]);
  });

  test('InboundWebhooks keeps its dead-letter queues measured, as λ sweep does elsewhere', () => {
    const template = Template.fromStack(stack);
    const functions = template.findResources('AWS::Lambda::Function', {
      Properties: { Handler: 'measure.handler' },
    });
    const [{ Properties } = { Properties: {} }] = Object.values(functions);

    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(30 minutes)' });
    expect(JSON.stringify(Properties).match(/WorkDlq\w+","QueueName"/g)).toHaveLength(3);
  });

  test('the outputs of InboundWebhooks are found, and have no outbound part', () => {
    const outputs = deployedOutputs(stack);
    const facts = factsFrom(outputsOf('Hooks', outputs));

    expect(deploymentsIn(outputs)).toEqual(['Hooks']);
    expect(facts.outbound).toBeUndefined();
    expect(facts.inbound?.inboundEventsTable).toContain('InboundEvents');
    expect(Object.keys(facts.sources)).toEqual(Object.keys(sources));
  });
});

describe('OutboundWebhooks', () => {
  const stack = stackWith(makes['OutboundWebhooks']);

  test('OutboundWebhooks has what sends, and no URL that receives', () => {
    const template = Template.fromStack(stack);

    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 3);
    template.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
    template.resourceCountIs('AWS::SNS::Topic', 3);
    expect(JSON.stringify(template.toJSON())).not.toContain('/webhooks/');
  });

  test('the outputs of OutboundWebhooks are found, and have no inbound part', () => {
    const outputs = deployedOutputs(stack);
    const facts = factsFrom(outputsOf('Hooks', outputs));

    expect(deploymentsIn(outputs)).toEqual(['Hooks']);
    expect(facts.inbound).toBeUndefined();
    expect(facts.outbound?.topicArn).toContain('Topic');
    expect(facts.sources).toEqual({});
  });

  test('an app may be allowed to publish and to manage', () => {
    const own = new Stack(quickApp(), 'Shop');
    const hooks = new OutboundWebhooks(own, 'Hooks', { outbound: { retrySchedule: 'standard-webhooks' } });
    const app = new Role(own, 'App', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    hooks.grantPublish(app);
    hooks.grantManage(app);

    const policy = JSON.stringify(
      Template.fromStack(own).findResources('AWS::IAM::Policy', {
        Properties: { Roles: [own.resolve(app.roleName)] },
      }),
    );
    for (const action of ['sns:Publish', 'sqs:SendMessage', 'execute-api:Invoke'])
      expect(policy).toContain(action);
  });
});

test.each(['InboundWebhooks', 'OutboundWebhooks'])(
  '%s has the logical ids of Webhooks, so that a stack may change from one to the other',
  (kind) => {
    const [part, whole] = [idsByType(stackWith(makes[kind])), idsByType(stackWith(makes['Webhooks']))];

    const other = [...part].filter(([id, type]) => !measuring.test(id) && whole.get(id) !== type);

    expect(other).toEqual([]);
  },
);

test.each(Object.entries(makes))('cdk-nag and the validation of templates find nothing in %s', (_, make) => {
  const app = newApp();
  stackWith(make, app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  expect(() => app.synth()).not.toThrow();
});

test('an inbound, an outbound and a whole deployment in one stack, and another stack, share no name', () => {
  const app = quickApp();
  const shop = new Stack(app, 'Shop');
  new Webhooks(shop, 'Hooks', { sources });
  new InboundWebhooks(shop, 'Partners', { sources });
  new OutboundWebhooks(shop, 'Customers');
  const other = new WebhookStack(app, 'Staging', { sources });

  const names = [...namesGivenIn(shop), ...namesGivenIn(other)];
  const outputs = [shop, other].flatMap((stack) =>
    Object.keys(deployedOutputs(stack)).map((key) => `${stack}/${key}`),
  );

  expect(names.length).toBeGreaterThan(8);
  expect(names).toEqual([...new Set(names)]);
  expect(outputs).toEqual([...new Set(outputs)]);
  expect(deploymentsIn(deployedOutputs(shop))).toEqual(['Hooks', 'Partners', 'Customers']);
});

describe('a setting of another construct is refused with its path:', () => {
  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'sources of OutboundWebhooks',
      () => new OutboundWebhooks(new Stack(new App()), 'Hooks', { sources } as OutboundWebhooksProps),
      /^OutboundWebhooks: sources is unknown; expected one of alarmEmail, /,
    ],
    [
      'outbound of InboundWebhooks',
      () => new InboundWebhooks(new Stack(new App()), 'Hooks', { sources, outbound: {} } as WebhooksProps),
      /^InboundWebhooks: outbound is unknown/,
    ],
    [
      'a slip in Webhooks',
      () => new Webhooks(new Stack(new App()), 'Hooks', { sources, dataRemovl: 'x' } as WebhooksProps),
      /^Webhooks: dataRemovl is unknown/,
    ],
    [
      'a slip in a WebhookStack, whose other settings are those of a stack',
      () =>
        new WebhookStack(new App(), 'Hooks', { sources, description: 'x', logRetenton: 1 } as WebhooksProps),
      /^Webhooks: logRetenton is unknown/,
    ],
  ];

  test.each(refused)('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

test('what one part alone needs of tables counts only its own functions', () => {
  const warnings = (make: Make): number => {
    const stack = stackWith(make);
    return stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === 'aws:cdk:warning').length;
  };

  expect(
    warnings((stack) => new InboundWebhooks(stack, 'Hooks', { sources, maxTableUnitsPerSecond: 21_000 })),
  ).toBe(0);
  expect(typesIn(stackWith(makes['OutboundWebhooks']))).not.toContain('AWS::Logs::MetricFilter');
});
