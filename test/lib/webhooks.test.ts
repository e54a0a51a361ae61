import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import type { WebhooksProps } from '../../lib/deployment-props.ts';
import { deploymentsIn, factsFrom, outputsOf } from '../../lib/outputs.ts';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { Webhooks } from '../../lib/webhooks.ts';
import { deployedOutputs } from './support/deployed-outputs.ts';
import { namesGivenIn } from './support/names-given.ts';
import { quickApp } from './support/synth.ts';

const stripe: WebhooksProps = { sources: { stripe: { provider: 'stripe' } } };

/** A team's stack with what it had before. */
function shop(): Stack {
  const stack = new Stack(quickApp(), 'Shop');
  new Queue(stack, 'Orders');
  new CfnOutput(stack, 'SourceOfTruth', { value: 'theirs' });
  return stack;
}

describe('Webhooks in a stack of a team', () => {
  test('Webhooks has the parts of a source, and its grants reach what it names', () => {
    const stack = shop();
    const hooks = new Webhooks(stack, 'Hooks', stripe);
    const { consumer, queue, dlq, url } = hooks.inbound('stripe');
    const orders = new Queue(stack, 'Paid');
    orders.grantSendMessages(consumer);
    new CfnOutput(stack, 'Url', { value: url });

    const template = Template.fromStack(stack);

    expect(stack.resolve(queue.queueArn)).not.toEqual(stack.resolve(dlq.queueArn));
    expect(JSON.stringify(template.toJSON()['Outputs']['Url'])).toContain('/webhooks/stripe');
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([Match.objectLike({ Resource: stack.resolve(orders.queueArn) })]),
      }),
      Roles: [stack.resolve(consumer.role?.roleName)],
    });
    expect(() => hooks.inbound('github')).toThrow("there is no source 'github'");
  });

  test('an app that may publish may use the topic and the queue, and nothing else', () => {
    const stack = shop();
    const hooks = new Webhooks(stack, 'Hooks', stripe);
    const app = new Role(stack, 'App', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    hooks.grantPublish(app);
    hooks.grantManage(app);

    expect(actionsOf(app)).toEqual(new Set(['sns:Publish', 'sqs:SendMessage', 'execute-api:Invoke']));
  });

  test('two Webhooks in a stack share no name, metric or output, and both are found', () => {
    const stack = shop();
    new Webhooks(stack, 'Hooks', stripe);
    new Webhooks(stack, 'Partners', { sources: { github: { provider: 'github' } } });

    const names = namesGivenIn(stack);
    const outputs = deployedOutputs(stack);
    const [hooks, partners] = ['Hooks', 'Partners'].map((name) => factsFrom(outputsOf(name, outputs)));

    expect(names).toEqual([...new Set(names)]);
    expect(deploymentsIn(outputs)).toEqual(['Hooks', 'Partners']);
    expect(Object.keys(hooks?.sources ?? {})).toEqual(['stripe']);
    expect(Object.keys(partners?.sources ?? {})).toEqual(['github']);
    expect(partners?.outbound?.deliveriesTable).toContain('Partners');
    expect(partners?.inbound?.tapQueuePrefix).not.toBe(hooks?.inbound?.tapQueuePrefix);
  });

  test('an id that names in AWS cannot have is refused', () => {
    expect(() => new Webhooks(shop(), 'My hooks', stripe)).toThrow("the construct id 'My hooks'");
    expect(() => new Webhooks(shop(), 'SourceHooks', stripe)).toThrow('without the word Source');
  });
});

test('a WebhookStack keeps its logical ids, because another id would be another table', () => {
  const stack = new WebhookStack(quickApp(), 'Test', stripe);

  const { Resources, Outputs } = Template.fromStack(stack).toJSON();

  const kept = [
    'SecretStripe',
    'InboundEvents6195D20A',
    'PayloadsCDFAA0A2',
    'OutboundStoresEventsE5D0B9BF',
    'OutboundStoresDeliveriesA3A8A2B9',
    'OutboundStoresEndpoints5D675111',
    'OutboundStoresSigningSecretFD3BF98D',
    'OutboundStoresMasterSecretA435B491',
    'SourcestripeWorkQueueB18FCEF3',
    'OutboundPublishingQueueA3B6FF88',
    'OutboundDeliveringQueueD81AC4A5',
  ];
  expect(Object.keys(Resources)).toEqual(expect.arrayContaining(kept));
  expect(Outputs).toHaveProperty('InboundBaseUrl');
});

/** What a role may do, without looks at its queue's attributes. */
function actionsOf(role: Role): Set<string> {
  const stack = Stack.of(role);
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy', {
    Properties: { Roles: [stack.resolve(role.roleName)] },
  });
  const actions = Object.values(policies)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }: { readonly Action: string | readonly string[] }) => Action);
  return new Set(actions.filter((action) => !action.startsWith('sqs:Get')));
}
