import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { WebhooksProps } from '../../../lib/deployment-props.ts';
import type { Target } from '../../../lib/target.ts';
import { Webhooks } from '../../../lib/webhooks.ts';
import { quickApp } from './synth.ts';

/** One resource of each kind, in the stack of the sources. */
function resourcesIn(stack: Stack) {
  return {
    bus: new EventBus(stack, 'Bus'),
    queue: new Queue(stack, 'Invoices'),
    fifo: new Queue(stack, 'Ordered', { fifo: true }),
    topic: new Topic(stack, 'Topic'),
    lambda: new Lambda(stack, 'Python', {
      runtime: Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: Code.fromInline('def handler(event, context): pass'),
      timeout: Duration.seconds(30),
    }),
    stateMachine: new StateMachine(stack, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Pass')),
    }),
  };
}
type Resources = ReturnType<typeof resourcesIn>;

/** A stack with the source `stripe`, whose events go to what is made of the resources. */
export function stackWith(to: (resources: Resources) => Target, more: object = {}) {
  const stack = new Stack(quickApp(), 'Test', { env: { account: '123456789012', region: 'eu-central-1' } });
  const resources = resourcesIn(stack);
  const sources: WebhooksProps['sources'] = { stripe: { provider: 'stripe', to: to(resources), ...more } };
  return { stack, resources, hooks: new Webhooks(stack, 'Default', { sources }) };
}
