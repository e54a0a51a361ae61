import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import { Target } from '../../lib/target.ts';
import { statementsOf } from './support/policies.ts';
import { stackWith } from './support/targets.ts';

type Stacked = ReturnType<typeof stackWith>;

/** What the consumer of `stripe` may do to which resource, beyond a consumer that runs handlers. */
function extraOf({ stack, hooks }: Stacked): string[] {
  const role = JSON.stringify(stack.resolve(hooks.inbound('stripe').consumer.role?.roleName));
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policies
    .filter(({ Properties }) => JSON.stringify(Properties.Roles) === `[${role}]`)
    .flatMap(({ Properties }) => statementsOf(Properties.PolicyDocument))
    .flatMap(({ actions, resources }) =>
      resources.flatMap((one) => actions.map((action) => `${action} ${one}`)),
    )
    .filter((allowed) => !/^(logs|dynamodb|s3):|Work|_tap_/.test(allowed))
    .sort();
}

function consumerOf({ stack, hooks }: Stacked) {
  const arn: { 'Fn::GetAtt': [string] } = stack.resolve(hooks.inbound('stripe').consumer.functionArn);
  const found = Template.fromStack(stack).findResources('AWS::Lambda::Function')[arn['Fn::GetAtt'][0]];
  const hash = String(found?.['Properties'].Code.S3Key).replace('.zip', '');
  const { outdir } = Stage.of(stack) ?? new App();
  const manifest = JSON.parse(readFileSync(join(outdir, `${stack.artifactId}.assets.json`), 'utf8'));
  const directory = resolve(outdir, manifest.files[hash].source.path);
  const settings = JSON.parse(readFileSync(join(directory, 'settings.json'), 'utf8'));
  const code = readdirSync(directory)
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('\n');
  return {
    to: settings.sources[0].to,
    targets: JSON.stringify(found?.['Properties'].Environment.Variables.TARGETS),
    code,
  };
}

/** The kinds of targets whose code is there, by what only they contain. */
const kindsIn = (code: string): string[] =>
  ['PutEvents', '/invocations', 'StartExecution', 'SNSClient'].filter((own) => code.includes(own));

describe('a consumer may', () => {
  test.each([
    ['bus', 'events:PutEvents', ({ resources }: Stacked) => resources.bus.eventBusArn],
    ['queue', 'sqs:SendMessage', ({ resources }: Stacked) => resources.queue.queueArn],
    ['topic', 'sns:Publish', ({ resources }: Stacked) => resources.topic.topicArn],
    ['function', 'lambda:InvokeFunction', ({ resources }: Stacked) => resources.lambda.functionArn],
    [
      'stateMachine',
      'states:StartExecution',
      ({ resources }: Stacked) => resources.stateMachine.stateMachineArn,
    ],
  ] as const)('do one thing with its %s: %s', (kind, action, arnOf) => {
    const stacked = stackWith(({ bus, queue, topic, lambda, stateMachine }) => {
      const targets = {
        bus: Target.bus(bus),
        queue: Target.queue(queue),
        topic: Target.topic(topic),
        function: Target.function(lambda),
        stateMachine: Target.stateMachine(stateMachine),
      };
      return targets[kind];
    });

    expect(extraOf(stacked)).toEqual([`${action} ${JSON.stringify(stacked.stack.resolve(arnOf(stacked)))}`]);
  });

  test('do nothing more with the targets of another source, or with handlers', () => {
    expect(extraOf(stackWith(() => Target.handlers()))).toEqual([]);
  });

  test('make a data key with the key of an encrypted queue or topic, and nothing else', () => {
    const stacked = stackWith(({ bus }) => {
      const key = new Key(Stack.of(bus), 'Key');
      const queue = new Queue(Stack.of(bus), 'Secret', { encryptionMasterKey: key });
      const topic = new Topic(Stack.of(bus), 'SecretTopic', { masterKey: key });
      return Target.all(Target.queue(queue), Target.topic(topic));
    });

    const keyed = extraOf(stacked).filter((allowed) => allowed.startsWith('kms:'));
    expect(keyed.map((allowed) => allowed.split(' ')[0])).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  });
});

test('a reader of claim checks may get the objects of that source only', () => {
  const { stack, hooks } = stackWith(({ bus }) => Target.bus(bus));
  const reader = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  hooks.inbound('stripe').grantReadBodies(reader);

  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
  const [policy] = Object.entries(policies).filter(([id]) => id.startsWith('Reader'));
  const [statement, ...more] = statementsOf(policy?.[1]['Properties'].PolicyDocument);

  expect(more).toEqual([]);
  expect(statement?.actions).toEqual(['s3:GetObject']);
  expect(statement?.resources.join()).toContain('/inbound/stripe/*');
});

test('the consumer gets the targets by type, each resource once, and only the code of their kinds', () => {
  const stacked = stackWith(({ bus, lambda, fifo }) =>
    Target.byType({
      'invoice.*': Target.all(Target.bus(bus), Target.queue(fifo, { groupBy: 'data.object.customer' })),
      'charge.failed': Target.function(lambda),
      '*': Target.bus(bus),
    }),
  );
  const { to, targets, code } = consumerOf(stacked);

  expect(to).toEqual({
    'invoice.*': [
      { kind: 'bus', at: 0 },
      { kind: 'queue', at: 1, isFifo: true, groupBy: ['data', 'object', 'customer'] },
    ],
    'charge.failed': [{ kind: 'function', at: 2 }],
    '*': [{ kind: 'bus', at: 0 }],
  });
  const addresses = [
    stacked.resources.bus.eventBusArn,
    stacked.resources.fifo.queueUrl,
    stacked.resources.lambda.functionArn,
  ].map((address) => targets.indexOf(JSON.stringify(stacked.stack.resolve(address))));
  expect(addresses).toEqual([...addresses].sort((a, b) => a - b));
  expect(addresses).not.toContain(-1);
  expect(kindsIn(code)).toEqual(['PutEvents', '/invocations']);
});

test('a consumer without targets has none of their code, and a topic brings the only client of the SDK', () => {
  expect(kindsIn(consumerOf(stackWith(() => Target.handlers())).code)).toEqual([]);
  expect(kindsIn(consumerOf(stackWith(({ topic }) => Target.topic(topic))).code)).toEqual(['SNSClient']);
  expect(kindsIn(consumerOf(stackWith(({ bus }) => Target.bus(bus))).code)).toEqual(['PutEvents']);
});

describe('synth names the setting:', () => {
  type Row = [string, (resources: Stacked['resources']) => Target, RegExp, object?];
  const slip = (value: unknown) => value as Target;
  const rows: readonly Row[] = [
    [
      'a resource instead of a target',
      ({ bus }) => slip(bus),
      /source 'stripe': to: write a target, such as/,
    ],
    ['nothing in all', () => Target.all(), /to: Target\.all\(\) has no target/],
    [
      'byType in all',
      ({ bus }) => Target.all(Target.bus(bus), slip(Target.byType({})) as never),
      /to\.all\[1\]: write a single target/,
    ],
    ['no type', () => Target.byType({}), /to: Target\.byType\(\{\}\) has no event type/],
    [
      'a star in the middle',
      ({ bus }) => Target.byType({ 'a.*.b': Target.bus(bus) }),
      /to\.byType\['a\.\*\.b'\]: no event has this type/,
    ],
    [
      'byType in byType',
      ({ bus }) => Target.byType({ a: slip(Target.byType({ b: Target.bus(bus) })) as never }),
      /to\.byType\['a'\]: write a target or Target\.all/,
    ],
    [
      'a wrong target of a type',
      () => Target.byType({ 'invoice.*': slip('bus') as never }),
      /to\.byType\['invoice\.\*'\]: write a target/,
    ],
    [
      'a JSONPath for a group',
      ({ queue }) => Target.queue(queue, { groupBy: '$.customer' }),
      /to: groupBy is '\$\.customer'; write the names/,
    ],
    ['no ARN', () => Target.function('my-function'), /to: 'my-function' is not the ARN of a function/],
    [
      'a function that may run for longer than its consumer waits',
      ({ lambda }) => Target.byType({ '*': Target.function(lambda) }),
      /to\.byType\['\*'\]: the function may run for 30 s, longer than the 16 s that handlerTimeout \(20 s\) leaves/,
      { handlerTimeout: Duration.seconds(20) },
    ],
    [
      'a function in another region, by its ARN',
      () => Target.function('arn:aws:lambda:us-east-1:123456789012:function:mine'),
      /to: the target is in us-east-1, but this stack is in eu-central-1/,
    ],
    [
      'a bus in another region',
      ({ bus }) =>
        Target.bus(
          EventBus.fromEventBusArn(Stack.of(bus), 'Far', 'arn:aws:events:us-east-1:1:event-bus/far'),
        ),
      /to: the target is in us-east-1/,
    ],
  ];

  test.each(rows)('%s', (...[, to, message, more]) => {
    expect(() => stackWith(to, more)).toThrow(message);
  });
});
