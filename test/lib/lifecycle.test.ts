import { RemovalPolicy } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import type { Sources } from '../../lib/source-props.ts';
import { synth } from './support/synth.ts';
import { allResources, changesBetween, givenNames } from './support/template-diff.ts';

const two = { stripe: { provider: 'stripe' }, github: { provider: 'github' } } as const;
const three = { ...two, 'my-partner': { provider: 'asana' } } as const;

/** Resources that contain accepted events, or data that a person stored. */
const data = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
];

describe('data that leaves the stack', () => {
  const app = synth({ sources: three });
  const kept = allResources(app).filter(([, { DeletionPolicy = '', UpdateReplacePolicy = '' }]) =>
    [DeletionPolicy, UpdateReplacePolicy].some((policy) => policy.startsWith('Retain')),
  );

  test.each(data)('data that leaves the stack stays: %s', (type) => {
    const all = allResources(app).filter(([, { Type }]) => Type === type);

    expect(all.length).toBeGreaterThan(0);
    for (const [id, resource] of all) {
      expect(kept.map(([name]) => name)).toContain(id);
      expect(resource.UpdateReplacePolicy, id).toBe('Retain');
    }
  });

  test('the log of a function that leaves the stack stays', () => {
    const logs = app.resources('AWS::Logs::LogGroup');

    for (const path of ['Source-stripe/ReceiveLogs', 'Source-stripe/ConsumeLogs', 'Outbound/SweepLogs']) {
      expect(logs[path]?.DeletionPolicy, path).toBe('RetainExceptOnCreate');
    }
  });

  test('a resource that stays has no name that its successor needs', () => {
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.flatMap(([, resource]) => givenNames(resource))).toEqual([]);
  });

  test('a resource does not stay after its first deploy failed, except for tables, which are protected', () => {
    const always = kept.filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');

    expect(new Set(always.map(([, { Type }]) => Type))).toEqual(new Set(['AWS::DynamoDB::GlobalTable']));
  });

  test('all data is deleted if the app says so, and no table is protected', () => {
    const throwaway = synth({ dataRemoval: RemovalPolicy.DESTROY });

    for (const [id, { DeletionPolicy = 'Delete' }] of allResources(throwaway)) {
      expect(DeletionPolicy, id).toBe('Delete');
    }
    throwaway.template.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [{ DeletionProtectionEnabled: false }],
    });
  });
});

test('dataRemoval SNAPSHOT is refused, since no resource of the stack supports it', () => {
  expect(() => synth({ dataRemoval: RemovalPolicy.SNAPSHOT })).toThrow(/dataRemoval is SNAPSHOT/);
});

describe("a source's secret", () => {
  const secretIds = (sources: Sources, isolation: 'per-source' | 'shared') =>
    allResources(synth({ sources, isolation }))
      .filter(([, { Type }]) => Type === 'AWS::SecretsManager::Secret')
      .map(([id]) => id)
      .sort();
  const long = Object.fromEntries(
    ['one', 'two'].map((end) => [`a-source-with-a-long-name-${end}`, { provider: 'stripe' } as const]),
  );

  test('a source’s secret is the same one in both isolation modes', () => {
    expect(secretIds({ ...three, ...long }, 'shared')).toEqual(
      secretIds({ ...three, ...long }, 'per-source'),
    );
  });

  test('a source’s secret is the same one with any other sources', () => {
    const some = secretIds({ 'a-source-with-a-long-name-two': { provider: 'stripe' } }, 'shared');

    expect(secretIds({ ...three, ...long }, 'shared')).toEqual(expect.arrayContaining(some));
    expect(secretIds(three, 'shared')).toEqual(expect.arrayContaining(['SecretMyPartner', 'SecretStripe']));
  });

  test("a source's secret has a short unique name, even if names begin alike", () => {
    const ids = secretIds(long, 'shared').filter((id) => id.startsWith('SecretA'));

    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^SecretASourceWithALong[0-9a-f]{6}$/);
  });

  test("a source's secret has a tag with its source", () => {
    const secret = synth({ sources: three }).resources('AWS::SecretsManager::Secret')['SecretMyPartner'];

    expect(secret?.Properties).toMatchObject({
      Description: expect.stringContaining('my-partner'),
      Tags: [
        { Key: 'hookline:source', Value: 'my-partner' },
        { Key: 'hookline:stack', Value: 'Test' },
      ],
    });
  });

  test('a source’s secret is known to the receiver by its ARN, in the order of its settings', () => {
    const receive = synth({ sources: three, isolation: 'shared' }).resources('AWS::Lambda::Function');
    const { Environment } = receive['Sources/Receive']?.Properties ?? {};
    const { Variables } = Environment as { Variables: Record<string, unknown> };
    const id = (ref: string) => ({ 'Fn::Select': [1, { 'Fn::Split': [':secret:', { Ref: ref }] }] });

    expect(Variables['SECRET_IDS']).toEqual({
      'Fn::Join': ['', [id('SecretStripe'), ',', id('SecretGithub'), ',', id('SecretMyPartner')]],
    });
    expect(JSON.stringify(Variables['SECRET_ARN_PREFIX'])).toMatch(/:secretsmanager:.*:secret:"/);
  });
});

describe('a change', () => {
  const renamed = { ...two, partner: { provider: 'asana' } } as const;
  const throttled = { ...three, stripe: { provider: 'stripe', throttle: { rate: 5, burst: 7 } } } as const;
  const templates = {
    two: synth({ sources: two }),
    three: synth({ sources: three }),
    renamed: synth({ sources: renamed }),
    throttled: synth({ sources: throttled }),
    shared: synth({ sources: three, isolation: 'shared' }),
    sharedTwo: synth({ sources: two, isolation: 'shared' }),
  };
  type Name = keyof typeof templates;
  const changes: [string, Name, Name][] = [
    ['adding a source, or adding it again', 'two', 'three'],
    ['removing a source', 'three', 'two'],
    ['renaming a source', 'three', 'renamed'],
    ['throttling a source', 'three', 'throttled'],
    ['sharing a receiver', 'three', 'shared'],
    ['a receiver of its own', 'shared', 'three'],
    ['adding to those that share', 'sharedTwo', 'shared'],
    ['removing from those that share', 'shared', 'sharedTwo'],
  ];

  test.each(changes)('a change replaces nothing with a fixed name: %s', (_, from, to) => {
    const { replacedUnderItsName, namesThatMove } = changesBetween(templates[from], templates[to]);

    expect(replacedUnderItsName).toEqual([]);
    expect(namesThatMove).toEqual([]);
  });

  test.each(changes)('a change deletes no data: %s', (_, from, to) => {
    const { removed } = changesBetween(templates[from], templates[to]);

    for (const [id, { Type, DeletionPolicy }] of removed) {
      if (data.includes(Type)) expect(DeletionPolicy, id).toBe('RetainExceptOnCreate');
    }
  });

  test.each(changes.slice(4, 6))(
    'a change of isolation is an update of secrets, tables and payloads: %s',
    (_, from, to) => {
      const { added, removed } = changesBetween(templates[from], templates[to]);
      const moved = [...added, ...removed].map(([, { Type }]) => Type);

      expect(moved).toContain('AWS::SQS::Queue');
      for (const type of ['AWS::SecretsManager::Secret', 'AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket']) {
        expect(moved).not.toContain(type);
      }
    },
  );
});

describe('access logs', () => {
  const groups = Object.entries(synth().resources('AWS::Logs::LogGroup')).filter(([path]) =>
    path.endsWith('/AccessLogs'),
  );

  test("access logs do not use up the account's log policy", () => {
    expect(groups.map(([path]) => path)).toEqual(['Inbound/AccessLogs', 'Management/AccessLogs']);
    for (const [, { Properties }] of groups) {
      const { 'Fn::Join': parts } = Properties['LogGroupName'] as { 'Fn::Join': [string, unknown[]] };
      expect(parts[1][0]).toMatch(/^\/aws\/vendedlogs\/Test\/(inbound|management)-$/);
      expect(parts[1][1]).toEqual({ 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] });
    }
  });

  test('access logs are deleted with the stack, because the template names them', () => {
    for (const [, { DeletionPolicy }] of groups) expect(DeletionPolicy).toBe('Delete');
  });
});

test('a stack can be protected from deletion', () => {
  expect(synth({ terminationProtection: true }).stack.terminationProtection).toBe(true);
});
