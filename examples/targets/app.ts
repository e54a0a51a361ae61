import { join } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Target } from '../../lib/target.ts';
import { Webhooks } from '../../lib/webhooks.ts';

// A source whose events go to other services: no handler of ours runs. Try it: npm start -- --app examples/targets/app.ts

const app = new App();
const stack = new Stack(app, 'Targets', {
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
});

// A function in Python. Its errors are retried; what it returns as permanentFailure goes to the dead letter queue at once.
const invoices = new Lambda(stack, 'Invoices', {
  runtime: Runtime.PYTHON_3_13,
  handler: 'invoices.handler',
  code: Code.fromAsset(join(import.meta.dirname, 'invoices')),
  timeout: Duration.seconds(30),
});

// A workflow: one execution for each event, however often the event is delivered.
const fulfilment = new StateMachine(stack, 'Fulfilment', {
  definitionBody: DefinitionBody.fromChainable(
    new Pass(stack, 'Ship', { inputPath: '$.payload.data.object' }),
  ),
});

// A bus with a rule: any team adds its own rule, and Hookline is not changed for that.
const bus = new EventBus(stack, 'Bus');
const refunds = new Queue(stack, 'Refunds');
new Rule(stack, 'RefundRule', {
  eventBus: bus,
  eventPattern: { source: ['hookline.stripe'], detailType: ['charge.refunded'] },
  targets: [new SqsQueue(refunds)],
});

// A queue that keeps the order of each customer's messages, and a topic.
const customers = new Queue(stack, 'Customers', { fifo: true });
const audit = new Queue(stack, 'Audit');
const topic = new Topic(stack, 'Topic');
topic.addSubscription(new SqsSubscription(audit, { rawMessageDelivery: true }));

const hooks = new Webhooks(stack, 'Hooks', {
  sources: {
    stripe: {
      provider: 'stripe',
      handlerRetryDelays: [Duration.seconds(1), Duration.seconds(5)],
      to: Target.byType({
        'invoice.*': Target.function(invoices),
        'checkout.session.completed': Target.stateMachine(fulfilment),
        'customer.*': Target.all(Target.queue(customers, { groupBy: 'data.object.id' }), Target.topic(topic)),
        '*': Target.bus(bus),
      }),
    },
  },
  dataRemoval: RemovalPolicy.DESTROY,
});
// A large event names its body's object in the bucket. This reader may get it.
hooks.inbound('stripe').grantReadBodies(invoices);

for (const [name, value] of Object.entries({
  RefundsUrl: refunds.queueUrl,
  CustomersUrl: customers.queueUrl,
  AuditUrl: audit.queueUrl,
  FulfilmentArn: fulfilment.stateMachineArn,
}))
  new CfnOutput(stack, name, { value });
