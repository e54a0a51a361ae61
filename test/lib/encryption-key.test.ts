import { App, Stack, Validations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { InboundWebhooks } from '../../lib/inbound-webhooks.ts';
import { Webhooks } from '../../lib/webhooks.ts';
import { permissions, type Statement, statementsOf } from './support/policies.ts';
import { newApp, quickApp, synthesised, threeSources } from './support/synth.ts';

const sources = { ...threeSources, asana: { provider: 'asana' } } as const;

function encrypted(app = quickApp()) {
  const stack = new Stack(app, 'Test');
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
  const hooks = new Webhooks(stack, 'Default', { sources, encryptionKey });
  return { stack, encryptionKey, hooks };
}

const made = encrypted();
const app = synthesised(made.stack);
const keyArn = made.stack.resolve(made.encryptionKey.keyArn);

describe('everything that holds data is encrypted with the key of the team:', () => {
  test.each([
    ['AWS::SQS::Queue', 15, { KmsMasterKeyId: keyArn, KmsDataKeyReusePeriodSeconds: 86_400 }],
    ['AWS::SNS::Topic', 3, { KmsMasterKeyId: keyArn }],
    ['AWS::SecretsManager::Secret', 6, { KmsKeyId: keyArn }],
    ['AWS::Logs::LogGroup', 14, { KmsKeyId: keyArn }],
    ['AWS::Lambda::Function', 12, { KmsKeyArn: keyArn }],
    ['AWS::Scheduler::Schedule', 1, { KmsKeyArn: keyArn }],
    [
      'AWS::DynamoDB::GlobalTable',
      4,
      {
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [{ SSESpecification: { KMSMasterKeyId: keyArn } }],
      },
    ],
    [
      'AWS::S3::Bucket',
      1,
      {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn },
            },
          ],
        },
      },
    ],
  ])('every %s, %i of them', (type, count, properties) => {
    const found = Object.values(app.resources(type));

    expect(found).toHaveLength(count);
    for (const { Properties } of found) expect(Properties).toMatchObject(properties);
  });

  test('no queue keeps the key of SQS beside it, which CloudFormation would refuse', () => {
    for (const { Properties } of Object.values(app.resources('AWS::SQS::Queue')))
      expect(Properties).not.toHaveProperty('SqsManagedSseEnabled');
  });

  test('without a key, nothing names KMS but the topics', () => {
    const stack = new Stack(quickApp(), 'Test');
    new Webhooks(stack, 'Default', { sources });

    expect(JSON.stringify(Template.fromStack(stack).toJSON()).match(/kms[^"]*"/gi)).toEqual(
      expect.arrayContaining(['KmsMasterKeyId"']),
    );
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('kms:');
  });
});

/** The services through which a role may use the key, with the actions. */
const usesOf = (statements: readonly Statement[] = []) => {
  const uses: Record<string, string[]> = {};
  for (const { actions, condition, resources } of statements) {
    if (!actions.some((action) => action.startsWith('kms:'))) continue;
    expect(resources).toEqual([JSON.stringify(keyArn)]);
    const via = Object(condition).StringEquals?.['kms:ViaService'];
    const service = String(JSON.stringify(via)).match(/\["",\["(\w+)\./)?.[1] ?? 'none';
    uses[service] = [...new Set([...(uses[service] ?? []), ...actions])].sort();
  }
  return uses;
};

const read = ['kms:Decrypt'];
const write = ['kms:Decrypt', 'kms:GenerateDataKey'];
const readItems = ['kms:Decrypt', 'kms:DescribeKey'];
const writeItems = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

describe('a role may use the key only through the services that it calls:', () => {
  const roles = permissions(app);

  test.each([
    ['Source-stripe/Receive', { lambda: read, s3: write, secretsmanager: read, sqs: write }],
    // It stores the secret that Asana sends.
    ['Source-asana/Receive', { lambda: read, s3: write, secretsmanager: write, sqs: write }],
    ['Source-stripe/Consume', { dynamodb: writeItems, lambda: read, s3: write, sqs: write }],
    ['Outbound/Publish', { dynamodb: writeItems, lambda: read, s3: write, sqs: write }],
    [
      'Outbound/Deliver',
      { dynamodb: writeItems, lambda: read, s3: read, secretsmanager: read, sns: write, sqs: write },
    ],
    ['Outbound/Sweep', { dynamodb: writeItems, lambda: read, sns: write, sqs: write }],
    [
      'Management/Function',
      { dynamodb: writeItems, lambda: read, s3: write, secretsmanager: read, sns: write, sqs: write },
    ],
  ])('%s', (role, uses) => {
    expect(usesOf(roles.get(role))).toEqual(uses);
  });

  test('the schedule reads its definition, and nothing else', () => {
    const [use] = (roles.get('Outbound/SweepSchedule') ?? []).filter(({ actions }) =>
      actions.includes('kms:Decrypt'),
    );

    expect(use?.actions).toEqual(read);
    expect(JSON.stringify(use?.condition)).toMatch(
      /^\{"ArnLike":\{"kms:EncryptionContext:aws:scheduler:schedule:arn":/,
    );
  });

  test('the function that reads queue attributes needs the key for its environment only', () => {
    const stack = new Stack(quickApp(), 'Test');
    const encryptionKey = new Key(stack, 'Key');
    new InboundWebhooks(stack, 'Default', { sources: threeSources, encryptionKey });
    const policy = permissions(synthesised(stack)).get('DlqMeasuring/Function');
    const uses = (policy ?? [])
      .flatMap(({ actions }) => actions)
      .filter((action) => action.startsWith('kms:'));

    expect(uses).toEqual(read);
  });

  test('an action that reads items only needs no permission to encrypt', async () => {
    const { keyUses } = await import('../../lib/parts/key-use.ts');

    expect(
      keyUses(['dynamodb:Query', 'dynamodb:GetItem', 's3:ListBucket', 'sqs:GetQueueAttributes']),
    ).toEqual(new Map([['dynamodb', readItems]]));
  });
});

test('an app that may publish may use the key for it, through SNS and SQS', () => {
  const { stack, hooks } = encrypted();
  const publisher = new Role(stack, 'App', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  hooks.grantPublish(publisher);
  const [policy] = Object.values(
    Template.fromStack(stack).findResources('AWS::IAM::Policy', {
      Properties: { Roles: [stack.resolve(publisher.roleName)] },
    }),
  );
  const uses = statementsOf(policy?.['Properties'].PolicyDocument).filter(({ actions }) =>
    actions.some((action) => action.startsWith('kms:')),
  );

  expect(uses.flatMap(({ actions }) => actions)).toEqual(
    expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']),
  );
});

describe("the key's policy", () => {
  const [policy] = Object.values(Template.fromStack(made.stack).findResources('AWS::KMS::Key'));
  const statements = statementsOf(policy?.['Properties'].KeyPolicy).filter(
    ({ principal }) => !JSON.stringify(principal).includes(':root'),
  );

  test('the policy lets in CloudWatch Logs for the log groups of the account, SNS for its topics, and CloudWatch', () => {
    expect(statements.map(({ principal, condition }) => [principal, condition])).toMatchObject([
      [
        { Service: expect.objectContaining({ 'Fn::Join': expect.anything() }) },
        { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': expect.anything() } },
      ],
      [{ Service: 'sns.amazonaws.com' }, { ArnLike: { 'aws:SourceArn': expect.anything() } }],
      [{ Service: 'cloudwatch.amazonaws.com' }, undefined],
    ]);
    expect(JSON.stringify(statements[0]?.condition)).toContain(':log-group:*');
  });

  test('the policy names no resource of the stack, which would need the key first', () => {
    const resources = Object.keys(Template.fromStack(made.stack).toJSON()['Resources']);
    const named = JSON.stringify(statements);

    expect(resources.filter((id) => named.includes(`"${id}"`))).toEqual([]);
  });

  test('two deployments with one key add each statement once', () => {
    const { stack, encryptionKey } = encrypted();
    new InboundWebhooks(stack, 'Partners', { sources: threeSources, encryptionKey });
    const [shared] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));

    expect(statementsOf(shared?.['Properties'].KeyPolicy)).toHaveLength(statements.length + 1);
  });

  test('a key in another stack of the app makes no circle between the stacks', () => {
    const two = quickApp();
    const keys = new Stack(two, 'Keys');
    const encryptionKey = new Key(keys, 'Key', { enableKeyRotation: true });
    new Webhooks(new Stack(two, 'Shop'), 'Hooks', { sources: threeSources, encryptionKey });

    expect(() => two.synth()).not.toThrow();
  });

  test('the policy of a key that the app does not make is left to the team, with a warning', () => {
    const stack = new Stack(new App(), 'Test');
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111122223333:key/k');
    new InboundWebhooks(stack, 'Default', { sources: threeSources, encryptionKey });

    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('its policy stays as it is.*network\\.md'),
    );
  });
});

test('cdk-nag and the validation of templates find nothing with a key', () => {
  const checked = newApp();
  encrypted(checked);
  Validations.of(checked).addPlugins(new AwsSolutionsChecks(checked));

  expect(() => checked.synth()).not.toThrow();
});
