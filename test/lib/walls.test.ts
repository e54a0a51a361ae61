import { describe, expect, test } from 'vitest';
import { pascalCase } from '../../lib/pascal-case.ts';
import { idOf } from './support/policies.ts';
import { type Call, simulatedIam } from './support/simulated-iam.ts';
import { synth } from './support/synth.ts';

/** Names that begin like each other, providers that need more than others do. */
const sources = {
  git: { provider: 'github' },
  'git-hub': { provider: 'github' },
  stripe: { provider: 'stripe' },
  kept: { provider: 'mailgun' },
  refused: { provider: 'asana' },
  tap: { provider: 'mailgun' },
} as const;
const names = Object.keys(sources);
const app = synth({ sources });
const iam = simulatedIam(app);
const functionsOf = (source: string) => [`Source-${source}/Receive`, `Source-${source}/Consume`];

const arn = (type: string, path: string) => `<${idOf(app, type, path)}.Arn>`;
const table = arn('AWS::DynamoDB::GlobalTable', 'InboundEvents');
const bucket = arn('AWS::S3::Bucket', 'Payloads');
const sqsArn = (name: string) => `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:${name}`;
const keyed = (...keys: string[]) => ({ 'dynamodb:LeadingKeys': keys });
const hash = 'a'.repeat(64);

/** All that one may try to do with what belongs to a source, or to all of them; each action that any role has, with each resource. */
function callsTo(source: string, own = source): Call[] {
  const queues = ['Queue', 'Dlq'].map((name) => arn('AWS::SQS::Queue', `Source-${source}/Work/${name}`));
  const secret = `<${idOf(app, 'AWS::SecretsManager::Secret', `Secret${pascalCase(source)}`)}>`;
  const objects = [hash, `kept/${hash}`, 'refused/07'].map((key) => `${bucket}/inbound/${source}/${key}`);
  const taps = [sqsArn(`Test_tap_${source}_0a1b2c3d`)];
  const items = [`${source}#evt_1`, `${source}#${own}#1`, `${source}/tap`, `${source}/once/${hash}`];
  const named = [...queues, secret, ...objects, ...taps].map((resource) => ({ resource }));
  const listed = ['', '/', `/${hash}`, '/kept/'].map((rest) => ({
    resource: bucket,
    context: { 's3:prefix': [`inbound/${source}${rest}`] },
  }));
  const keys = [...items.map((key) => [key]), ...items.map((key) => [`${own}#evt_1`, key])];
  const read = keys.map((each) => ({ resource: table, context: keyed(...each) }));
  const indexed = { resource: `${table}/index/kept`, context: keyed(`${source}#2026-11-25`) };
  return iam.actions.flatMap((action) =>
    [...named, ...listed, ...read, indexed].map((call) => ({ action, ...call })),
  );
}

const refused = (role: string, calls: readonly Call[]) => calls.filter((call) => iam.may(role, call));

describe.each(names)('the functions of %s', (own) => {
  test.each(names.filter((name) => name !== own))(
    'the functions of a source may do nothing with the resources of %s',
    (other) => {
      const calls = callsTo(other, own);

      expect(calls.length).toBeGreaterThan(100);
      for (const role of functionsOf(own)) expect(refused(role, calls)).toEqual([]);
    },
  );

  test('the functions of a source list no objects of other sources, and none under an older key', () => {
    const prefixes = ['', 'inbound', 'inbound/', `inbound/${own}`, 'outbound/', 'inbound/*'];
    const list = { action: 's3:ListBucket', resource: bucket };
    const calls: Call[] = prefixes.map((prefix) => ({ ...list, context: { 's3:prefix': [prefix] } }));
    calls.push(list);

    for (const role of functionsOf(own)) expect(refused(role, calls)).toEqual([]);
  });

  test('the functions of a source scan no table, read no index, and nothing outbound', () => {
    const outbound = [
      ...['Events', 'Deliveries', 'Endpoints'].map((name) =>
        arn('AWS::DynamoDB::GlobalTable', `Outbound/Stores/${name}`),
      ),
      ...['Publishing', 'Delivering', 'Sideline'].map((name) =>
        arn('AWS::SQS::Queue', `Outbound/${name}/Queue`),
      ),
      `${bucket}/outbound/x`,
      `<${idOf(app, 'AWS::SNS::Topic', 'Outbound/Topic')}>`,
      `<${idOf(app, 'AWS::SecretsManager::Secret', 'Outbound/Stores/SigningSecret')}>`,
    ];
    const whole = ['Scan', 'ExportTableToPointInTime', 'PartiQLSelect'].flatMap((name) =>
      [table, `${table}/index/kept`].map((resource) => ({ action: `dynamodb:${name}`, resource })),
    );
    const calls = outbound.flatMap((resource) => iam.actions.map((action) => ({ action, resource })));

    for (const role of functionsOf(own)) expect(refused(role, [...calls, ...whole])).toEqual([]);
  });

  test('the functions of a source may do their own work', () => {
    const [receive = '', consume = ''] = functionsOf(own);
    const objects = `${bucket}/inbound/${own}/`;
    const listing = { action: 's3:ListBucket', resource: bucket };
    const tap = sqsArn(`Test_tap_${own}_0a1b2c3d`);
    const mine = [
      [receive, { action: 's3:PutObject', resource: `${objects}${hash}` }],
      [receive, { action: 's3:PutObject', resource: `${objects}refused/07` }],
      [consume, { action: 's3:GetObject', resource: `${objects}${hash}` }],
      [consume, { action: 's3:PutObject', resource: `${objects}kept/${hash}` }],
      [consume, { ...listing, context: { 's3:prefix': [`inbound/${own}/${hash}`] } }],
      [consume, { action: 'dynamodb:UpdateItem', resource: table, context: keyed(`${own}#evt_1`) }],
      [consume, { action: 'dynamodb:GetItem', resource: table, context: keyed(`${own}/tap`) }],
      [consume, { action: 'sqs:SendMessage', resource: tap }],
    ] as const;

    for (const [role, call] of mine) expect(iam.may(role, call), JSON.stringify([role, call])).toBe(true);
  });
});

test('each action with a condition names keys, since a scan would pass the condition', () => {
  const keysOnly = ['dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:PutItem'];

  for (const role of names.flatMap(functionsOf)) {
    const unkeyed = iam.actions.filter((action) => iam.may(role, { action, resource: table }));
    for (const action of unkeyed) expect(keysOnly).toContain(action);
  }
});

test('a receiver that notes tokens writes no event', () => {
  const write = { action: 'dynamodb:PutItem', resource: table };

  for (const receiver of ['Source-kept/Receive', 'Source-tap/Receive']) {
    const own = receiver.slice('Source-'.length, receiver.indexOf('/'));
    expect(iam.may(receiver, { ...write, context: keyed(`${own}/once/${hash}`) })).toBe(true);
    expect(iam.may(receiver, { ...write, context: keyed(`${own}#evt_1`) })).toBe(false);
    expect(iam.may(receiver, { ...write, context: keyed(`${own}/tap`) })).toBe(false);
  }
});

test('the management API reads events and their bodies, but no tap and no token', () => {
  const read = (key: string) =>
    iam.may('Management/Function', { action: 'dynamodb:GetItem', resource: table, context: keyed(key) });

  expect(names.map((name) => read(`${name}#evt_1`))).not.toContain(false);
  expect(names.flatMap((name) => [read(`${name}/tap`), read(`${name}/once/${hash}`)])).not.toContain(true);
});

describe('manifests, which are in the table of endpoints', () => {
  const endpoints = arn('AWS::DynamoDB::GlobalTable', 'Outbound/Stores/Endpoints');
  const may = (role: string, action: string, key: string) =>
    iam.may(`Outbound/${role}`, { action: `dynamodb:${action}`, resource: endpoints, context: keyed(key) });

  test('publish writes manifests, and no endpoint, limiter or recovery', () => {
    expect(may('Publish', 'PutItem', '/manifest/7')).toBe(true);
    for (const key of ['acme', '/limiter/x', '/job', '/event-type', '/count'])
      expect(may('Publish', 'PutItem', key)).toBe(false);
  });

  test('sweep queries and deletes manifests, and no endpoint, limiter or recovery', () => {
    for (const action of ['Query', 'DeleteItem']) {
      expect(may('Sweep', action, '/manifest/7')).toBe(true);
      for (const key of ['acme', '/limiter/x', '/job', '/event-type', '/count'])
        expect(may('Sweep', action, key)).toBe(false);
    }
  });

  test('deliver writes and deletes no manifest', () => {
    for (const action of ['PutItem', 'DeleteItem']) expect(may('Deliver', action, '/manifest/7')).toBe(false);
  });
});

test.each(['Publish', 'Deliver'])(
  'a release that reads manifests and what is held is deployed before one that writes them: %s',
  (writer) => {
    const { DependsOn } = Object(app.resources('AWS::Lambda::Function')[`Outbound/${writer}`]);

    expect(DependsOn).toContain(idOf(app, 'AWS::Lambda::Function', 'Outbound/Sweep'));
  },
);
