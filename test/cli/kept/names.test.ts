import { describe, expect, it, test } from 'vitest';
import { belongsTo } from '../../../cli/kept/queue-owner.ts';
import type { Answers } from '../../support/cli/aws.ts';
import { arnOf, deployedOutputs, type FakeSecret, keptAws, secretOf } from '../../support/cli/kept-aws.ts';
import { event } from '../../support/cli/kept-fixtures.ts';

const longStack = `Payments-${'webhooks-'.repeat(5)}in-eu'`.slice(0, 59).padEnd(60, 'x');
const longSource = 'a-partner-with-a-name-of-forty-letters-x';
const suffix = 'A1B2C3D4E5F6';

/** As SQS has it: 80 characters, of which the suffix stays whole. */
const cut = (stack: string, logicalId: string, end = suffix): string =>
  `${`${stack}-${logicalId}`.slice(0, 80 - end.length - 1)}-${end}`;
/** The same where stack and logical id are cut to halves. */
const halved = (stack: string, logicalId: string, end = suffix): string =>
  `${stack.slice(0, 33)}-${logicalId.slice(0, 32)}-${end}`;

const tagged = (stack: string, kind: string, source?: string) => ({
  'hookline:stack': stack,
  'hookline:queue': kind,
  ...(source !== undefined && { 'hookline:source': source }),
});

/** CloudFormation's response: the stack is not deployed. */
const gone: Answers = {
  DescribeStacks: ({ StackName }) => {
    throw Object.assign(new Error(`Stack with id ${StackName} does not exist`), { name: 'ValidationError' });
  },
};
const kept = async (stack: string, queues: object, secrets: Readonly<Record<string, FakeSecret>> = {}) => {
  await using aws = await keptAws({ secrets: { ...secrets }, queues: { ...queues } }, gone);
  const { stdout } = await aws.runThere('--stack', stack, 'kept', '--json');
  return JSON.parse(stdout).kept as Readonly<Record<string, unknown>>[];
};

test('the names in this test are as long as allowed', () => {
  expect([longStack.length, longSource.length]).toEqual([60, 40]);
  expect(cut(longStack, `Source${longSource.replaceAll('-', '')}WorkQueue0A1B2C3D`)).toHaveLength(80);
});

describe.each([
  ['at its end', cut],
  ['in its halves', halved],
])('a name that is cut %s', (_, named) => {
  const logicalId = `Source${longSource.replaceAll('-', '')}WorkQueue0A1B2C3D`;
  const name = named(longStack, logicalId);

  it('a queue with a cut name is found by its tags, with its source', async () => {
    const queues = { [name]: { messages: ['x'], Tags: tagged(longStack, 'events', longSource) } };

    expect(await kept(longStack, queues)).toMatchObject([
      { kind: 'queue', source: longSource, purpose: 'events', name, isCertain: true },
    ]);
  });

  it('a queue with a cut name belongs to the stack in its tags, even if another has a similar name', async () => {
    const other = `${longStack.slice(0, -1)}y`;
    const queues = { [name]: { messages: ['x'], Tags: tagged(longStack, 'events', longSource) } };

    expect(await kept(other, queues)).toEqual([]);
    expect(await kept(longStack.slice(0, 40), queues)).toEqual([]);
  });

  it('a queue with a cut name and no tags is listed as uncertain', async () => {
    const [queue] = await kept(longStack, { [name]: { messages: ['x'] } });

    expect(queue).toMatchObject({ name, isCertain: false, purpose: expect.stringContaining('uncertain') });
    expect(queue).not.toHaveProperty('source');
  });
});

it('a source with a long name in a stack with a short one is found', async () => {
  const name = cut('Hookline', `Source${longSource.replaceAll('-', '')}WorkQueue0A1B2C3D`);
  const queues = { [name]: { messages: ['x'], Tags: tagged('Hookline', 'dead-letters', longSource) } };

  expect(await kept('Hookline', queues)).toMatchObject([{ source: longSource, purpose: 'dead-letters' }]);
});

it.each([
  ['Hookline', 'Hookline-staging'],
  ['Hookline-staging', 'Hookline'],
  ['Hookline', 'Hookline-Sourcea'],
  ['Hookline', 'Hookline2'],
])('a queue of %s is not listed for %s', async (stack, other) => {
  const queue = (end: string) => `${other}-SourcestripeWorkQueue0A1B2C3D-${end}`;
  const queues = {
    [queue('AAA')]: { messages: ['x'], Tags: tagged(other, 'events', 'stripe') },
    [queue('BBB')]: { messages: ['x'] },
  };

  expect(await kept(stack, queues)).toEqual([]);
  expect(await kept(other, queues)).toHaveLength(2);
});

it('CloudFormation’s own tag identifies the owner of a queue without ours', async () => {
  const name = halved(longStack, 'OutboundDeliveringQueue0A1B2C3D');
  const Tags = { 'aws:cloudformation:stack-name': longStack };

  expect(await kept(longStack, { [name]: { messages: [], Tags } })).toMatchObject([{ isCertain: true }]);
  expect(belongsTo(`${longStack}2`, name, Tags)).toBe('no');
});

it('lists are read to their last page', async () => {
  const names = Array.from({ length: 45 }, (_, nth) => `Hookline-SourcestripeWorkQueue${nth}-A`);
  const queues = Object.fromEntries(names.map((name) => [name, { messages: [] }]));

  expect((await kept('Hookline', queues)).map(({ name }) => name)).toEqual(names);
});

it('two sources with names that are equal without hyphens are distinguished by tags, and not by name', async () => {
  const sources = ['my-partner', 'mypartner'];
  const url = 'http://127.0.0.1:4566/api/x';
  const outputs = {
    ...deployedOutputs,
    inbound: {
      baseUrl: url,
      sources: Object.fromEntries(
        sources.map((name) => [name, { url, secretArn: arnOf(name), provider: 'hmac' }]),
      ),
    },
  };
  const queues = {
    'Hookline-SourcemypartnerWorkQueue1-A': { messages: ['x'] },
    'Hookline-SourcemypartnerWorkQueue2-B': {
      messages: ['y'],
      Tags: tagged('Hookline', 'events', 'mypartner'),
    },
  };
  await using aws = await keptAws({ secrets: {}, queues }, {}, outputs);

  const told = JSON.parse((await aws.run('kept', '--json')).stdout).kept;

  expect(told[0]).not.toHaveProperty('source');
  expect(told[1].adopt).toMatch(/adopt mypartner --from /);
});

describe('a queue that is not certain', () => {
  const stack = 'Payments-webhooks-in-eu';
  const name = `${stack}-SourcestripeWorkQueue0A1B2C3D-${suffix}`.padEnd(78, 'X');
  const queues = () => ({
    'Hookline-OutboundPublishingQueue1-A': { messages: [] },
    'Hookline-SourcestripeWorkQueue1-A': { messages: [] as string[] },
    [name]: { messages: [event('e1')] },
  });

  it('an uncertain queue is not emptied without --yes', async () => {
    await using aws = await keptAws({ secrets: {}, queues: queues() });
    const url = `https://sqs.eu-central-1.amazonaws.com/000000000000/${name}`;

    expect((await aws.run('adopt', 'stripe', '--from', url)).stderr).toContain('repeat with --yes');
    expect(aws.inputsOf('ReceiveMessage')).toEqual([]);
    expect((await aws.run('adopt', 'stripe', '--from', url, '--yes')).stdout).toContain(
      '1 event of stripe moved',
    );
  });

  it('an uncertain queue belongs to its stack by tag', () => {
    expect(belongsTo(stack, name, {})).toBe('maybe');
    expect(belongsTo(stack, name, tagged(stack, 'events'))).toBe('yes');
  });
});

describe('the secrets of sending', () => {
  const own = (Name: string, stack: string, secret: string): Record<string, FakeSecret> => ({
    [arnOf(Name)]: {
      Name,
      values: ['x'],
      Tags: [
        { Key: 'hookline:stack', Value: stack },
        { Key: 'hookline:secret', Value: secret },
      ],
    },
  });
  const secrets = {
    ...own('Signing-1', 'Hookline', 'signing'),
    ...own('Master-1', 'Hookline', 'master'),
    ...own('Signing-2', 'Hookline-staging', 'signing'),
  };

  it('the secrets of sending are listed with their purpose', async () => {
    await using aws = await keptAws({ secrets, queues: {} });

    const { stdout } = await aws.run('kept');
    const { kept: told } = JSON.parse((await aws.run('kept', '--json')).stdout);

    expect(stdout).toContain('signs deliveries to URLs that are not registered');
    expect(told).toMatchObject([
      { name: 'Master-1', purpose: expect.stringContaining('keep it as long as that table') },
      {
        name: 'Signing-1',
        adopt: expect.stringMatching(
          /^aws secretsmanager get-secret-value --secret-id \S+Signing-1-AbCdEf .*\| npx hookline .*secrets set outbound$/,
        ),
      },
    ]);
    expect(told[0]).not.toHaveProperty('adopt');
  });

  it('the secrets of sending without our tags are found by CloudFormation’s; others of the stack are omitted', async () => {
    const made = (Name: string, logicalId: string): Record<string, FakeSecret> => ({
      [arnOf(Name)]: {
        Name,
        values: ['x'],
        Tags: [
          { Key: 'aws:cloudformation:stack-name', Value: 'Hookline' },
          { Key: 'aws:cloudformation:logical-id', Value: logicalId },
        ],
      },
    });
    const all = {
      ...made('old', 'OutboundStoresSigningSecret0A1B2C3D'),
      ...made('db', 'DatabaseSecret0A1B'),
    };

    expect(await kept('Hookline', {}, all)).toMatchObject([
      { name: 'old', purpose: expect.stringMatching(/^signs/) },
    ]);
  });

  it('the secrets of sending belong to no source, and adopt takes them only with --yes', async () => {
    await using aws = await keptAws({
      secrets: { ...secrets, ...secretOf('new', 'stripe', []) },
      queues: {},
    });

    const { code, stderr } = await aws.run('adopt', 'stripe', '--from', arnOf('Signing-1'));

    expect(code).toBe(1);
    expect(stderr).toContain('belongs to the stack itself, not to a source');
    expect(aws.inputsOf('PutSecretValue')).toEqual([]);
  });
});
