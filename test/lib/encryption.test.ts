import { SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { deniesPlainHttp, idOf, statementsOf } from './support/policies.ts';
import { synth } from './support/synth.ts';

const app = synth();

describe('resources that contain payloads', () => {
  test.each([
    ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 13],
    ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 3],
    ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 1],
  ])('every %s refuses plain HTTP', (type, policyType, count) => {
    const policies = app.resources(policyType);

    expect(Object.keys(app.resources(type))).toHaveLength(count);
    for (const path of Object.keys(app.resources(type))) {
      const policy = policies[`${path}/Policy`];
      expect(deniesPlainHttp(statementsOf(policy?.Properties['PolicyDocument'])), path).toBe(true);
    }
  });

  test('every table refuses plain HTTP', () => {
    const tables = Object.values(app.resources('AWS::DynamoDB::GlobalTable'));

    expect(tables).toHaveLength(4);
    for (const { Properties } of tables) {
      const [replica] = Properties['Replicas'] as { ResourcePolicy: { PolicyDocument: unknown } }[];
      expect(deniesPlainHttp(statementsOf(replica?.ResourcePolicy.PolicyDocument))).toBe(true);
    }
  });

  test('queues are encrypted with the key of SQS, through which SNS can send', () => {
    for (const queue of Object.values(app.resources('AWS::SQS::Queue'))) {
      expect(queue.Properties).toMatchObject({ SqsManagedSseEnabled: true });
      expect(queue.Properties).not.toHaveProperty('KmsMasterKeyId');
    }
  });

  test('topics are encrypted with the key of SNS, which needs no separate grant', () => {
    for (const path of ['Outbound/Topic', 'Outbound/Operations']) {
      expect(app.resources('AWS::SNS::Topic')[path]?.Properties).toMatchObject({
        KmsMasterKeyId: 'alias/aws/sns',
      });
    }
    expect(JSON.stringify(app.resources('AWS::IAM::Policy'))).not.toContain('kms:');
  });

  test('the bucket is private and encrypted, and each prefix has its own expiry', () => {
    app.template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: {
        Rules: [
          { Prefix: 'inbound/', ExpirationInDays: 35, Status: 'Enabled' },
          { Prefix: 'outbound/', ExpirationInDays: 100, Status: 'Enabled' },
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
        ],
      },
    });
  });
});

describe('alarms', () => {
  test('alarms reach their topic: it has no KMS key, and CloudWatch of this account may publish', () => {
    const topic = app.resources('AWS::SNS::Topic')['Alarms/Topic'];
    const policy = app.resources('AWS::SNS::TopicPolicy')['Alarms/Topic/Policy'];
    const allowed = statementsOf(policy?.Properties['PolicyDocument']).filter(
      ({ effect }) => effect === 'Allow',
    );

    expect(topic?.Properties ?? {}).not.toHaveProperty('KmsMasterKeyId');
    expect(allowed).toMatchObject([
      { actions: ['sns:Publish'], principal: { Service: 'cloudwatch.amazonaws.com' } },
    ]);
    expect(JSON.stringify(allowed)).toContain('aws:SourceAccount');
  });
});

describe('secrets', () => {
  test('the secret of a source is created without a value', () => {
    const secret = app.resources('AWS::SecretsManager::Secret')['SecretStripe'];

    expect(Object.keys(secret?.Properties ?? {}).sort()).toEqual(['Description', 'Tags']);
  });

  test('the secret that signs deliveries is generated as base64 text of 33 bytes', () => {
    const secret = app.resources('AWS::SecretsManager::Secret')['Outbound/Stores/SigningSecret'];

    expect(secret?.Properties).toMatchObject({
      GenerateSecretString: { PasswordLength: 44, ExcludePunctuation: true },
    });
    expect(Buffer.from('A'.repeat(44), 'base64')).toHaveLength(33);
  });

  test('secrets are in no environment', () => {
    for (const { Properties } of Object.values(app.resources('AWS::Lambda::Function'))) {
      expect(JSON.stringify(Properties['Environment'])).not.toContain('resolve:secretsmanager');
    }
  });
});

describe('data', () => {
  test('data in tables is recoverable to any second, protected, capped, and expires by expiresAt only', () => {
    const inventory = {
      InboundEvents: { indexes: ['kept'], units: 12_000 },
      'Outbound/Stores/Events': { indexes: [], units: 18_000 },
      'Outbound/Stores/Deliveries': { indexes: ['due', 'held', 'byEndpoint', 'waiting'], units: 32_000 },
      'Outbound/Stores/Endpoints': { indexes: ['attention'], units: 24_000 },
    };
    for (const [path, { indexes, units }] of Object.entries(inventory)) {
      const table = app.resources('AWS::DynamoDB::GlobalTable')[path];
      expect(table?.Properties, path).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: units },
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
            ReadOnDemandThroughputSettings: { MaxReadRequestUnits: units },
          },
        ],
        ...(indexes.length > 0 && {
          GlobalSecondaryIndexes: indexes.map((IndexName) => ({
            IndexName,
            Projection: { ProjectionType: 'KEYS_ONLY' },
          })),
        }),
      });
    }
  });

  test('data in logs is kept for a month, or as long as the app sets', () => {
    const longer = synth({ logRetention: RetentionDays.ONE_YEAR });

    app.template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    longer.template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });

  test("Lambda's own lines are logged from warnings on, or at the level that the app sets", () => {
    const all = synth({ systemLogLevel: SystemLogLevel.INFO });

    all.template.allResourcesProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'INFO' },
    });
    app.template.allResourcesProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' },
    });
    for (const { Properties } of Object.values(app.resources('AWS::Lambda::Function'))) {
      // Metrics are lines without a level, which count as INFO: none may be left out.
      expect(Properties['LoggingConfig']).not.toHaveProperty('ApplicationLogLevel');
    }
  });

  test('every function logs to its own group', () => {
    for (const [path, lambda] of Object.entries(app.resources('AWS::Lambda::Function'))) {
      const group = idOf(app, 'AWS::Logs::LogGroup', `${path}Logs`);
      expect(lambda.Properties).toMatchObject({
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: group } },
      });
    }
  });
});
