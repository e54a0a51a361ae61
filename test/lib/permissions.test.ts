import { describe, expect, test } from 'vitest';
import { idOf, permissions } from './support/policies.ts';
import { synth } from './support/synth.ts';

const app = synth();
const roles = permissions(app);

const may = (lambda: string, resourceId: string): string[] =>
  (roles.get(lambda) ?? [])
    .filter(({ resources }) => resources.some((resource) => resource.includes(`"${resourceId}"`)))
    .flatMap(({ actions }) => actions)
    .sort();
const queue = (path: string) => idOf(app, 'AWS::SQS::Queue', path);
const table = (path: string) => idOf(app, 'AWS::DynamoDB::GlobalTable', path);
const consuming = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];

describe('a role', () => {
  test('a role has no policy that AWS manages', () => {
    for (const role of Object.values(app.resources('AWS::IAM::Role'))) {
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  test('a role allows no action with a star, and no resource with one except for names of objects', () => {
    for (const statement of [...roles.values()].flat()) {
      for (const action of statement.actions) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      for (const resource of statement.resources) {
        const name = resource
          .replace(/\/(inbound(\/[a-z]+)?|outbound)\/\*/, '')
          .replace(/_tap_[a-z]+_\*/, '');
        expect(name).not.toContain('*');
      }
    }
  });

  test('a role may write the logs of its own function only', () => {
    for (const [lambda, statements] of roles) {
      const logs = statements.filter(({ actions }) => actions.some((action) => action.startsWith('logs:')));
      if (lambda === 'Outbound/SweepSchedule') continue;
      const own = idOf(app, 'AWS::Logs::LogGroup', `${lambda}Logs`);
      expect(logs.flatMap(({ resources }) => resources)).toEqual([`{"Fn::GetAtt":["${own}","Arn"]}`]);
    }
  });
});

/** Its log group counts; the objects of a bucket, and the bucket, are two. */
test.each([
  ['Source-stripe/Receive', 4],
  ['Source-stripe/Consume', 7],
  ['Outbound/Publish', 9],
  ['Outbound/Deliver', 14],
  // Six of them dead-letter queues, which it reads.
  ['Outbound/Sweep', 18],
  ['Management/Function', 19],
  ['Outbound/SweepSchedule', 1],
])('the role of %s has %i resources', (lambda, count) => {
  const resources = (roles.get(lambda) ?? []).flatMap((statement) => statement.resources);

  expect([...new Set(resources)]).toHaveLength(count);
});

test('the sweep reads each dead-letter queue with an alarm, by its name', () => {
  const sweep = app.resources('AWS::Lambda::Function')['Outbound/Sweep']?.Properties['Environment'];
  const dlqs = Object.keys(app.resources('AWS::SQS::Queue')).filter((path) => path.endsWith('Dlq'));

  expect(dlqs).toHaveLength(6);
  for (const path of dlqs) {
    expect(may('Outbound/Sweep', queue(path)), path).toContain('sqs:GetQueueAttributes');
    expect(JSON.stringify(sweep), path).toContain(`["${queue(path)}","QueueName"]`);
  }
});

describe('inbound', () => {
  test('a receiver reads the secret of its own source only', () => {
    const own = idOf(app, 'AWS::SecretsManager::Secret', 'SecretStripe');
    const readers = [...roles].filter(([, statements]) => JSON.stringify(statements).includes(own));

    expect(readers.map(([lambda]) => lambda)).toEqual(['Source-stripe/Receive']);
    expect(may('Source-stripe/Receive', own)).toEqual(['secretsmanager:GetSecretValue']);
  });

  test('a receiver sends to the queue of its own source only', () => {
    expect(may('Source-stripe/Receive', queue('Source-stripe/Work/Queue'))).toEqual(['sqs:SendMessage']);
    expect(may('Source-stripe/Receive', queue('Source-github/Work/Queue'))).toEqual([]);
    expect(may('Source-stripe/Receive', queue('Outbound/Delivering/Queue'))).toEqual([]);
  });

  test('a consumer receives from its own queue, sends waiting messages back to it, and sends to its own DLQ', () => {
    expect(may('Source-stripe/Consume', queue('Source-stripe/Work/Queue'))).toEqual([
      ...consuming,
      'sqs:SendMessage',
    ]);
    expect(may('Source-stripe/Consume', queue('Source-stripe/Work/Dlq'))).toEqual(['sqs:SendMessage']);
    expect(may('Source-stripe/Consume', queue('Source-github/Work/Queue'))).toEqual([]);
  });

  test('only consumers use the inbound events, by updates and a read of the tap, and the management API reads them', () => {
    const events = table('InboundEvents');
    const lambdas = [...roles.keys()].filter((lambda) => may(lambda, events).length > 0);

    expect(lambdas).toEqual([
      ...['Source-stripe/Consume', 'Source-github/Consume', 'Source-shopify/Consume'],
      'Management/Function',
    ]);
    expect(may('Source-stripe/Consume', events)).toEqual(['dynamodb:GetItem', 'dynamodb:UpdateItem']);
    expect(may('Management/Function', events)).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
  });
});

describe('outbound', () => {
  test('deliver alone reads the signing secret, and with the management API the master secret of endpoints', () => {
    const readers = (path: string) => {
      const secret = idOf(app, 'AWS::SecretsManager::Secret', path);
      return [...roles.keys()].filter((lambda) => may(lambda, secret).length > 0);
    };

    expect(readers('Outbound/Stores/SigningSecret')).toEqual(['Outbound/Deliver']);
    expect(readers('Outbound/Stores/MasterSecret')).toEqual(['Outbound/Deliver', 'Management/Function']);
  });

  test('deliver receives from the delivery queue and sends retries to it', () => {
    expect(may('Outbound/Deliver', queue('Outbound/Delivering/Queue'))).toEqual(
      [...consuming, 'sqs:SendMessage'].sort(),
    );
    expect(may('Outbound/Deliver', queue('Outbound/Publishing/Queue'))).toEqual([]);
  });

  test('deliver alone sends to the queue of endpoints that are slow or down, which it consumes', () => {
    const users = [...roles.keys()].filter(
      (lambda) => may(lambda, queue('Outbound/Sideline/Queue')).length > 0,
    );

    expect(users).toEqual(['Outbound/Deliver']);
    expect(may('Outbound/Deliver', queue('Outbound/Sideline/Queue'))).toEqual(
      [...consuming, 'sqs:SendMessage'].sort(),
    );
  });

  test.each(['Deliver', 'Sweep'])(
    'the role of %s sends to either dead-letter queue, by whose fault it is',
    (lambda) => {
      expect(may(`Outbound/${lambda}`, queue('Outbound/Undelivered'))).toEqual(['sqs:SendMessage']);
      // The sweep reads it, too, so that SQS keeps measuring it.
      const read = lambda === 'Sweep' ? ['sqs:GetQueueAttributes'] : [];
      expect(may(`Outbound/${lambda}`, queue('Outbound/Delivering/Dlq'))).toEqual([
        ...read,
        'sqs:SendMessage',
      ]);
    },
  );

  test('publish may send to the queue that it consumes, because it splits large tenants once', () => {
    expect(may('Outbound/Publish', queue('Outbound/Publishing/Queue'))).toEqual(
      [...consuming, 'sqs:SendMessage'].sort(),
    );
  });

  test.each([
    [
      'Publish',
      'Events',
      [
        'dynamodb:GetItem',
        'dynamodb:PartiQLInsert',
        'dynamodb:PartiQLUpdate',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
    ],
    ['Publish', 'Deliveries', ['dynamodb:GetItem', 'dynamodb:PartiQLInsert', 'dynamodb:PutItem']],
    // It puts manifests only.
    ['Publish', 'Endpoints', ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']],
    ['Deliver', 'Events', ['dynamodb:GetItem']],
    [
      'Deliver',
      'Deliveries',
      [
        'dynamodb:GetItem',
        'dynamodb:PartiQLInsert',
        'dynamodb:PartiQLUpdate',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
    ],
    ['Deliver', 'Endpoints', ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem']],
    ['Sweep', 'Events', ['dynamodb:UpdateItem']],
    [
      'Sweep',
      'Deliveries',
      [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
    ],
    // The scan is the first count of all endpoints, once.
    [
      'Sweep',
      'Endpoints',
      // It deletes manifests only, and queries them and an index.
      [
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:Query',
        'dynamodb:Scan',
        'dynamodb:UpdateItem',
      ],
    ],
  ])('the role of %s may use %s only as it needs', (lambda, name, actions) => {
    expect(may(`Outbound/${lambda}`, table(`Outbound/Stores/${name}`))).toEqual(actions);
  });

  const queriedBy = (role: string) =>
    (roles.get(role) ?? [])
      .filter(({ actions }) => actions.includes('dynamodb:Query'))
      .flatMap(({ resources }) => resources)
      .toSorted();
  const index = (name: string, of: string) =>
    JSON.stringify({
      'Fn::Join': ['', [{ 'Fn::GetAtt': [table(`Outbound/Stores/${of}`), 'Arn'] }, `/index/${name}`]],
    });

  test('deliver queries the deliveries that wait for an endpoint, and nothing else', () => {
    expect(queriedBy('Outbound/Deliver')).toEqual([index('waiting', 'Deliveries')]);
  });

  test('sweep queries the indexes of pending work and the manifests, and nothing else', () => {
    expect(queriedBy('Outbound/Sweep')).toEqual(
      [
        ...['due', 'held', 'byEndpoint', 'waiting'].map((name) => index(name, 'Deliveries')),
        index('attention', 'Endpoints'),
        JSON.stringify({ 'Fn::GetAtt': [table('Outbound/Stores/Endpoints'), 'Arn'] }),
      ].toSorted(),
    );
  });

  test('the schedule may invoke the sweep, in this account, and nothing else', () => {
    const sweep = idOf(app, 'AWS::Lambda::Function', 'Outbound/Sweep');
    const trust = app.resources('AWS::IAM::Role')['Outbound/SweepSchedule/Role'];

    expect(roles.get('Outbound/SweepSchedule')).toMatchObject([
      { actions: ['lambda:InvokeFunction'], resources: [`{"Fn::GetAtt":["${sweep}","Arn"]}`] },
    ]);
    expect(JSON.stringify(trust)).toContain('aws:SourceAccount');
  });

  test('a function that reads payloads can tell a missing one from a forbidden one', () => {
    const bucket = idOf(app, 'AWS::S3::Bucket', 'Payloads');

    expect(may('Outbound/Deliver', bucket)).toEqual(['s3:GetObject', 's3:ListBucket']);
    expect(may('Outbound/Publish', bucket)).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
    expect(may('Source-stripe/Receive', bucket)).toEqual(['s3:PutObject']);
  });
});

describe('a receiver whose provider needs more', () => {
  const special = synth({
    sources: {
      asana: { provider: 'asana' },
      mailgun: { provider: 'mailgun' },
      stripe: { provider: 'stripe' },
    },
  });
  const statementsOf = (source: string) =>
    Object.entries(special.resources('AWS::IAM::Policy'))
      .filter(([path]) => path.startsWith(`Source-${source}/ReceiveRole`))
      .map(([, { Properties }]) => JSON.stringify(Properties['PolicyDocument']))
      .join();

  test('a receiver whose provider sends its secret may store it, its own only', () => {
    expect(statementsOf('asana')).toContain('secretsmanager:PutSecretValue');
    expect(statementsOf('asana').match(/"Ref":"[A-Za-z]*Secret[A-Za-z0-9]*"/g)).toEqual([
      '"Ref":"SecretAsana"',
    ]);
    expect(statementsOf('asana')).not.toContain('dynamodb:');
    expect(statementsOf('stripe')).not.toContain('PutSecretValue');
  });

  test('a receiver whose provider has once-only tokens may note them in the table of events, and write no event', () => {
    expect(statementsOf('mailgun')).toContain('"dynamodb:PutItem"');
    expect(statementsOf('mailgun')).toContain('"dynamodb:LeadingKeys":["mailgun/once/*"]');
    expect(statementsOf('stripe')).not.toContain('dynamodb:');
  });
});
