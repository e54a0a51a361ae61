import { expect, test } from 'vitest';
import { earlierFindings } from '../../../cli/doctor/earlier-queues.ts';
import { idOfAnnounced } from '../../../lambdas/domain/announced-delivery.ts';
import { asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { millis, seconds, unixMillis, unixSeconds } from '../../../lambdas/domain/time.ts';
import type { Answers } from '../../support/cli/aws.ts';
import { deployedOutputs, keptAws } from '../../support/cli/kept-aws.ts';
import { tables } from '../../support/cli/unfinished-tables.ts';

const names = [
  'Hookline-SourcestripeWorkQueue1-A',
  'Hookline-SourcepartnerWorkQueue1-A',
  'Hookline-OutboundPublishingQueue1-A',
  'Hookline-OutboundDeliveringQueue1-A',
  'publish',
  'subscription',
  'delivery',
  'undelivered',
  'stripe',
  'partner',
];
const emptyQueues = Object.fromEntries(names.map((name) => [name, { messages: [] as string[] }]));

const world = (answers: Answers, queues: object = {}) =>
  keptAws({ secrets: {}, queues: { ...emptyQueues, ...queues } }, answers, deployedOutputs);

test('a stack with empty queues may be destroyed', async () => {
  await using aws = await world(tables([]));

  const { code, stdout } = await aws.run('doctor', '--before-removal', '--all');

  expect(stdout).not.toContain('✘');
  expect(code).toBe(0);
  expect(aws.inputsOf('Scan')).toEqual([]);
});

test.each([
  [
    'subscription',
    /✘ dead letters of subscription: about 1 message\n {4}npx hookline .*dlq redrive subscription\n/,
  ],
  [
    'undelivered',
    /✘ dead letters of undelivered: about 1 message\n {4}npx hookline .*dlq redrive undelivered\n/,
  ],
  ['publish', /✘ dead letters of publish: about 1 message\n {4}npx hookline .*dlq redrive publish\n/],
  ['delivery', /✘ dead letters of delivery: about 1 message\n {4}npx hookline .*dlq redrive delivery\n/],
])('a dead letter of %s is reported', async (name, said) => {
  await using aws = await world(tables([]), { [name]: { messages: ['x'] } });

  const { code, stdout } = await aws.run('doctor', '--all');

  expect(code).toBe(1);
  expect(stdout).toMatch(said);
});

const ofQueue = (queue: string, source?: string) => ({
  'hookline:stack': 'Hookline',
  'hookline:queue': queue,
  ...(source && { 'hookline:source': source }),
});
const leftQueues = {
  'Hookline-SourcesWorkQueue9-Z': { messages: ['1', '2'], inFlight: 1, Tags: ofQueue('events') },
  'Hookline-SourcestripeWorkDlq9-Z': { messages: ['x'], Tags: ofQueue('dead-letters', 'stripe') },
  'Hookline-SourcegoneWorkQueue9-Z': { messages: ['x'], Tags: ofQueue('events', 'gone') },
  'Hookline-OutboundPublishingQueue9-Z': { messages: ['x'], Tags: ofQueue('publish') },
  'Hookline-SourcestripeWorkQueue9-Z': { messages: [], Tags: ofQueue('events', 'stripe') },
  'Hookline-staging-SourcestripeWorkQueue9-Z': {
    messages: ['x'],
    Tags: { ...ofQueue('events', 'stripe'), 'hookline:stack': 'Hookline-staging' },
  },
};

test('queues that earlier changes left, and that are not empty, are reported with their counts', async () => {
  await using aws = await world(tables([]), leftQueues);

  const { code, stdout } = await aws.run('doctor', '--before-removal', '--all');

  expect(code).toBe(1);
  expect(stdout).toMatch(
    /✘ queue left behind: Hookline-SourcesWorkQueue9-Z: about 2 waiting, 1 in flight, 0 delayed\n {4}No function reads it any more.*\n {4}npx hookline .*adopt SOURCE --from \S+SourcesWorkQueue9-Z\n/,
  );
  expect(stdout).toMatch(
    /WorkDlq9-Z: about 1 waiting.*, of stripe\n.*\n {4}npx hookline .*adopt stripe --from /,
  );
  expect(stdout).toMatch(/SourcegoneWorkQueue9-Z: .*, of gone\n.*\n {4}npx hookline .*adopt SOURCE --from /);
  expect(stdout).toMatch(/OutboundPublishingQueue9-Z: .*\n.*\n {4}npx hookline .*kept\n/);
  expect(stdout.match(/queue left behind/g)).toHaveLength(4);
});

test('a check of one source reports only its own queues', async () => {
  await using aws = await world({}, leftQueues);

  const { code, stdout } = await aws.run('doctor', '--before-removal', 'stripe');

  expect(code).toBe(1);
  expect(stdout.match(/queue left behind: \S+/g)).toEqual([
    'queue left behind: Hookline-SourcestripeWorkDlq9-Z:',
  ]);
});

test('queues that may not be listed hide nothing else', async () => {
  const ListQueues = () => {
    throw Object.assign(new Error('not you'), { name: 'AccessDenied' });
  };
  await using aws = await world({ ...tables([]), ListQueues });

  const { code, stdout } = await aws.run('doctor', '--before-removal', '--all');

  expect(code).toBe(1);
  expect(stdout).toContain('✔ pending deliveries');
  expect(stdout).toContain('✘ queues left behind: could not be listed: AWS refused: AccessDenied');
});

test('deliveries in the table are counted by what they wait for', async () => {
  const held = Array.from({ length: 7 }, (_, nth) => ({ status: 'held', endpointId: `e${nth}` }));
  const deliveries = [{ status: 'pending' }, { status: 'pending' }, { status: 'failed' }, ...held];
  // The index does not show yet that this one is done.
  const done = { status: 'delivered', dueAt: undefined };
  await using aws = await world(tables([...deliveries, done], 1));

  const { code, stdout } = await aws.run('doctor', '--all');

  expect(code).toBe(1);
  expect(stdout).toContain('✘ pending deliveries: 2 deliveries in the table\n');
  expect(stdout).toContain(
    '✘ held deliveries: 7 deliveries of endpoints that are disabled: acme/e0, acme/e1, acme/e2, acme/e3, acme/e4, and 2 more\n',
  );
  expect(stdout).toContain('✘ failed deliveries: 1 delivery whose dead letter is not sent yet\n');
  expect(stdout).toContain('✘ recoveries: 1 recovery running\n');
  expect(aws.inputsOf('Scan')).toEqual([]);
});

test('deliveries that only a manifest names are counted as pending until they have ended', async () => {
  const first = { dueAt: undefined, endpointId: 'e1' };
  const deliveries = [
    { ...first, status: 'pending' },
    { ...first, status: 'delivered' },
    { status: 'pending' },
  ];
  await using aws = await world(tables(deliveries, 0, false, [0, 1, 2]));

  const { code, stdout } = await aws.run('doctor', '--all');

  expect(code).toBe(1);
  expect(stdout).toContain('✘ pending deliveries: 2 deliveries in the table\n');
});

test('a delivery that is announced and not claimed yet is counted as pending', async () => {
  const announced = {
    eventId: asEventId('e'),
    eventType: 'invoice.paid',
    createdAt: unixMillis(0),
    lifetime: millis(1),
    eventExpiresAt: unixSeconds(1),
    eventKeptFor: seconds(1),
    tenant: asTenantId('acme'),
    endpointId: asEndpointId('e1'),
    generation: 'gen_1',
  };
  const claimed = { ...announced, eventId: asEventId('claimed') };
  const done = { id: idOfAnnounced(claimed), status: 'delivered', dueAt: undefined };
  await using aws = await world(tables([done], 0, false, [], [announced, claimed]));

  const { code, stdout } = await aws.run('doctor', '--all');

  expect(code).toBe(1);
  expect(stdout).toContain('✘ pending deliveries: 1 delivery in the table\n');
});

test('a count that is cut short is a minimum, even if it is 0', async () => {
  await using aws = await world(tables([{ status: 'held' }], 200, true));

  const { code, stdout } = await aws.run('doctor', '--all');

  expect(code).toBe(1);
  expect(stdout).toContain('✘ pending deliveries: at least 0 deliveries in the table\n    There are more');
  expect(stdout).toContain('✘ held deliveries: at least 1 delivery of endpoints');
  expect(stdout).toContain('✘ recoveries: at least 200 recoveries running\n');
});

test('a count is a minimum if a throttled table leaves items unread', async () => {
  const { BatchGetItem: _, ...answers } = tables([{ status: 'pending' }]);
  const BatchGetItem: Answers[string] = ({ RequestItems }) => ({ UnprocessedKeys: RequestItems });
  await using aws = await world({ ...answers, BatchGetItem });

  const { code, stdout } = await aws.run('doctor', '--all');

  expect(code).toBe(1);
  expect(stdout).toContain('✘ pending deliveries: at least 0 deliveries');
});

test('items that a throttled table left unread are read again', async () => {
  const { BatchGetItem: whole, ...answers } = tables([{ status: 'pending' }]);
  let asked = 0;
  const BatchGetItem: Answers[string] = (input, ...more) => {
    asked += 1;
    return asked === 1 ? { UnprocessedKeys: input['RequestItems'] } : whole?.(input, ...more);
  };
  await using aws = await world({ ...answers, BatchGetItem });

  const { stdout } = await aws.run('doctor', '--all');

  expect(stdout).toContain('✘ pending deliveries: 1 delivery in the table\n');
  expect(asked).toBe(2);
});

test.each([
  [true, 'adopt stripe --from https://q/w'],
  [false, 'adopt stripe --from https://q/w --yes'],
])(
  'the command for a queue has --yes if its owner is uncertain (certain: %s)',
  async (isCertain, command) => {
    const counts = { waiting: 1, inFlight: 0, delayed: 0 };
    const queue = {
      url: 'https://q/w',
      name: 'w',
      counts,
      kind: 'events',
      source: 'stripe',
      isCertain,
    } as const;

    expect(await earlierFindings(Promise.resolve([queue]), ['stripe'], undefined)).toMatchObject([
      { command },
    ]);
  },
);

test.each(names)('a queue that does not exist is not an empty one: %s', async (name) => {
  const { [name]: _, ...queues } = emptyQueues;
  await using aws = await keptAws({ secrets: {}, queues }, tables([]), deployedOutputs);

  const { code, stdout } = await aws.run('doctor', '--all');

  expect(code).toBe(1);
  expect(stdout).toMatch(
    new RegExp(
      `✘ (queue|dead letters) of \\w+: there is no queue ${name} in this account and region\n +Is this the right stack, account and region`,
    ),
  );
});

test.each(['deliveries', 'endpoints'])(
  'a table that does not exist is not an empty one: %s',
  async (table) => {
    const answers = tables([]);
    const Query: Answers[string] = (input, url) => {
      if (input['TableName'] === table)
        throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
      return answers['Query']?.(input, url);
    };
    await using aws = await world({ ...answers, Query });

    const { code, stdout } = await aws.run('doctor', '--all');

    expect(code).toBe(1);
    expect(stdout).toContain(
      `✘ unfinished deliveries: there is no table ${table} in this account and region\n`,
    );
  },
);

test('the removal of a source reads no table, and distinguishes a source named like a queue of the stack', async () => {
  const sources = { ...deployedOutputs.inbound.sources, publish: deployedOutputs.inbound.sources.stripe };
  const outputs = {
    ...deployedOutputs,
    inbound: { ...deployedOutputs.inbound, sources },
    queues: { ...deployedOutputs.queues, inbound: { ...deployedOutputs.queues.inbound, publish: 'sqs:own' } },
    dlqs: { ...deployedOutputs.dlqs, inbound: { ...deployedOutputs.dlqs.inbound, publish: 'dlq:own-dlq' } },
  };
  const queues = { ...emptyQueues, own: { messages: [] }, 'own-dlq': { messages: ['x'] } };
  await using aws = await keptAws({ secrets: {}, queues }, tables([]), outputs);

  const one = await aws.run('doctor', '--before-removal', 'publish');
  const all = await aws.run('doctor', '--all');

  expect(one.stdout).toMatch(
    /✘ dead letters of source:publish: about 1 message\n.*dlq redrive source:publish\n/,
  );
  expect(all.stdout).toContain('✔ dead letters of stack:publish: 0 messages');
  expect(aws.inputsOf('Query').length).toBe(41);
});
