import { expect, test } from 'vitest';
import { countAlarms, differences, forEmulator } from '../../local/emulator-differences.ts';

const secret = { Type: 'AWS::SecretsManager::Secret' };

test('every difference has a unique name and a reason', () => {
  const names = differences.map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
  for (const { reason } of differences) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
});

test('a reference to a secret becomes its ARN anywhere, and no other reference does', () => {
  const template = {
    Resources: {
      Key: secret,
      Queue: { Type: 'AWS::SQS::Queue' },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          Statement: [
            { Resource: { 'Fn::Join': ['', [{ Ref: 'Key' }, '-*']] } },
            { Resource: { Ref: 'Queue' } },
          ],
        },
      },
    },
    Outputs: { KeyArn: { Value: { Ref: 'Key' } } },
  };

  const adapted = forEmulator(template);

  expect(adapted.Resources['Policy']?.Properties).toEqual({
    Statement: [
      { Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Key', 'Id'] }, '-*']] } },
      { Resource: { Ref: 'Queue' } },
    ],
  });
  expect(adapted.Outputs).toEqual({ KeyArn: { Value: { 'Fn::GetAtt': ['Key', 'Id'] } } });
});

test('a role that may send, delete or defer one message may do so in a batch, as on AWS', () => {
  const statement = { Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:GetQueueUrl'], Resource: 'q' };
  const single = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: 't' };
  const policy = (...Statement: readonly object[]) => ({
    Resources: { P: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement } } } },
  });

  expect(forEmulator(policy(statement, single))).toEqual(
    policy({ ...statement, Action: ['sqs:SendMessage', 'sqs:GetQueueUrl', 'sqs:SendMessageBatch'] }, single),
  );
});

test('a secret generated without punctuation has none', () => {
  const secretOf = (GenerateSecretString: object) => ({
    Resources: { S: { ...secret, Properties: { GenerateSecretString } } },
  });
  const generated = forEmulator(secretOf({ PasswordLength: 44, ExcludePunctuation: true })).Resources['S']
    ?.Properties;

  expect(generated).toMatchObject({
    GenerateSecretString: {
      PasswordLength: 44,
      ExcludeCharacters: expect.stringMatching(/^[!-/:-@[-`{-~]{32}$/),
    },
  });
  expect(forEmulator(secretOf({ PasswordLength: 44 }))).toEqual(secretOf({ PasswordLength: 44 }));
});

test('metric-math and composite alarms are omitted, and references to them still resolve', () => {
  const template = {
    Resources: {
      Plain: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } },
      Ratio: { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: [{ Expression: 'a/b' }] } },
      Any: { Type: 'AWS::CloudWatch::CompositeAlarm', DependsOn: ['Ratio'] },
      Board: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: { Body: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Ratio', 'Arn'] }, { Ref: 'Ratio' }]] } },
        DependsOn: ['Any', 'Plain'],
      },
    },
  };

  const adapted = forEmulator(template);

  expect(Object.keys(adapted.Resources)).toEqual(['Plain', 'Board']);
  expect([countAlarms(template), countAlarms(adapted)]).toEqual([3, 1]);
  expect(adapted.Resources['Board']).toEqual({
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      Body: { 'Fn::Join': ['', ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:Ratio', 'Ratio']] },
    },
    DependsOn: ['Plain'],
  });
});

test('everything else stays as synthesised: deletion policies, conditions, encryption', () => {
  const template = {
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: { SSE: true },
        DeletionPolicy: 'Retain',
        Condition: 'C',
      },
    },
    Conditions: { C: { 'Fn::Equals': ['a', 'a'] } },
  };

  expect(forEmulator(template)).toEqual(template);
});

test('few consumers run at once, and never more than the app allows', () => {
  const mapping = (MaximumConcurrency: number) => ({
    Resources: {
      M: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { ScalingConfig: { MaximumConcurrency } } },
    },
  });

  expect(forEmulator(mapping(50))).toEqual(mapping(5));
  expect(forEmulator(mapping(2))).toEqual(mapping(2));
});

test('the range of a VPC is the one that the template gives it, and no other attribute of a VPC changes', () => {
  const id = { 'Fn::GetAtt': ['Vpc', 'VpcId'] };
  const adapted = forEmulator({
    Resources: { Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } } },
    Outputs: {
      Range: { 'Fn::Join': [',', [{ 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, '10.1.0.0/16']] },
      Id: id,
    },
  });

  expect(adapted.Outputs).toEqual({ Range: { 'Fn::Join': [',', ['10.0.0.0/16', '10.1.0.0/16']] }, Id: id });
});
