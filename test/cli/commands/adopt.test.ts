import { describe, expect, it, test } from 'vitest';
import { arnOf, type KeptWorld, keptAws, secretOf } from '../../support/cli/kept-aws.ts';
import {
  event,
  leftDlq,
  leftQueue,
  ownQueue,
  valuesOf,
  whsec,
  world,
} from '../../support/cli/kept-fixtures.ts';

test('adopt takes over the secret and the events of one source, and names what it could not, with exit code 1', async () => {
  const there = world();
  await using aws = await keptAws(there);

  const { code, stdout, stderr } = await aws.run('adopt', 'stripe');

  expect(valuesOf(there)).toEqual([whsec('a')]);
  expect(there.queues[ownQueue]?.messages).toEqual([event('e1'), event('e3')]);
  expect(there.queues[leftQueue]?.messages).toEqual([event('e2', 'github')]);
  expect(there.queues[leftDlq]?.messages).toEqual(['no JSON']);
  expect(there.queues['Hookline-OutboundDeliveringQueue9-Z']?.messages).toHaveLength(1);
  const received = aws.inputsOf('ReceiveMessage').map(({ QueueUrl }) => String(QueueUrl));
  expect(received.filter((url) => url.includes('Outbound'))).toEqual([]);
  expect(stdout).toContain(`stripe verifies with the secret of ${arnOf('old')} from now on.`);
  expect(stdout).toContain(`1 event of stripe moved from ${leftQueue} to its queue.`);
  expect(stdout).toMatch(/1 event of github stay: npx hookline .*adopt github --from http/);
  expect(stderr).toMatch(new RegExp(`[0-9a-f]{32}: message is not JSON .*; it stays in ${leftDlq}`));
  expect(stderr).toContain(`1 message not moved from ${leftDlq}.`);
  expect(stdout + stderr).not.toContain('whsec_');
  expect(code).toBe(1);
});

test('a second run of adopt finds everything done', async () => {
  const there = world({ queues: { [ownQueue]: { messages: [] }, [leftQueue]: { messages: [event('e1')] } } });
  await using aws = await keptAws(there);

  const first = await aws.run('adopt', 'stripe');
  const second = await aws.run('adopt', 'stripe', '--json');

  expect(first.code).toBe(0);
  expect(first.stdout).toContain(`Nothing is left in it: aws sqs delete-queue --queue-url`);
  expect(second.code).toBe(0);
  expect(JSON.parse(second.stdout)).toEqual({
    source: 'stripe',
    secret: { kind: 'done', from: arnOf('old') },
    queues: [],
  });
  expect(valuesOf(there)).toEqual([whsec('a')]);
  expect(there.queues[ownQueue]?.messages).toEqual([event('e1')]);
});

test('adopt does nothing if nothing is left', async () => {
  await using aws = await keptAws(world({ secrets: secretOf('new', 'stripe', []), queues: {} }));

  const { code, stdout } = await aws.run('adopt', 'stripe');

  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^No secret or queue of stripe is left to take over: npx hookline .*kept lists the ones of other sources\.\n$/,
  );
});

describe('the secret', () => {
  const noQueues = { queues: { [ownQueue]: { messages: [] } } };

  it('the secret is taken over with the previous one while its rotation lasts', async () => {
    const secrets = {
      ...secretOf('new', 'stripe', []),
      ...secretOf('old', 'stripe', [whsec('b'), whsec('a')], { hoursOld: 1 }),
    };
    const there = world({ secrets, ...noQueues });
    await using aws = await keptAws(there);

    const { stdout } = await aws.run('adopt', 'stripe');

    expect(valuesOf(there)).toEqual([whsec('b'), whsec('a')]);
    expect(stdout).toContain('and with the key before it while the overlap of the rotation lasts');
  });

  it('the secret replaces the random one of a local start without --yes', async () => {
    const versionId = 'hookline-local-random-0f2c';
    const secrets = {
      ...secretOf('new', 'stripe', [whsec('r')], { versionId }),
      ...secretOf('old', 'stripe', [whsec('a')]),
    };
    const there = world({ secrets, ...noQueues });
    await using aws = await keptAws(there);

    const { code, stdout } = await aws.run('adopt', 'stripe');

    expect(code).toBe(0);
    expect(stdout).toContain('stripe verifies with the secret of');
    expect(valuesOf(there)).toEqual([whsec('a'), whsec('r')]);
  });

  it('the secret does not replace one that the source has, and the messages still move', async () => {
    const secrets = {
      ...secretOf('new', 'stripe', [whsec('c')]),
      ...secretOf('old', 'stripe', [whsec('a')]),
    };
    const there = world({ secrets });
    await using aws = await keptAws(there);

    const { code, stderr } = await aws.run('adopt', 'stripe');

    expect(code).toBe(1);
    expect(stderr).toContain(
      `The secret is not taken over: ${arnOf('old')}: the source has a secret with another value already: repeat with --yes to replace it.`,
    );
    expect(valuesOf(there)).toEqual([whsec('c')]);
    expect(there.queues[ownQueue]?.messages).toHaveLength(2);
    expect((await aws.run('adopt', 'stripe', '--from', arnOf('old'), '--yes')).code).toBe(0);
    expect(valuesOf(there)).toEqual([whsec('a'), whsec('c')]);
  });

  it('the secret must be chosen if several are left, and equal ones count once', async () => {
    const secrets = {
      ...secretOf('new', 'stripe', []),
      ...secretOf('old', 'stripe', [whsec('a')]),
      ...secretOf('older', 'stripe', [whsec('b')]),
      ...secretOf('oldest', 'stripe', []),
    };
    const there = world({ secrets, ...noQueues });
    await using aws = await keptAws(there);

    const unsaid = await aws.run('adopt', 'stripe');
    expect(unsaid.code).toBe(1);
    expect(unsaid.stderr).toContain(`choose one with --from: ${arnOf('old')}, ${arnOf('older')}`);
    expect(valuesOf(there)).toEqual([]);

    expect((await aws.run('adopt', 'stripe', '--from', arnOf('older'))).code).toBe(0);
    expect(valuesOf(there)).toEqual([whsec('b')]);
    expect(there.queues[ownQueue]?.messages).toEqual([]);
  });

  const refusals: readonly (readonly [string, Partial<KeptWorld>, string, RegExp])[] = [
    ['its own', {}, arnOf('new'), /is the secret that stripe has now/],
    [
      'one that is in use',
      { secrets: secretOf('partner', 'partner', ['x']) },
      arnOf('partner'),
      /is in use by Hookline/,
    ],
    ['none', {}, arnOf('nobody'), /There is no secret .* in this account and region/],
    ['one without a value', { secrets: secretOf('empty', 'stripe', []) }, arnOf('empty'), /it has no value/],
    [
      'what is no secret of its provider',
      { secrets: secretOf('text', 'stripe', ['sk_live_hidden']) },
      arnOf('text'),
      /its value is not a secret of this source’s provider/,
    ],
    [
      'one that is being deleted',
      { secrets: secretOf('dying', 'stripe', [whsec('a')], { DeletedDate: 1 }) },
      arnOf('dying'),
      /is being deleted: keep it first with aws secretsmanager restore-secret/,
    ],
    [
      'one of another source, without --yes',
      { secrets: secretOf('renamed', 'pay', [whsec('a')]) },
      arnOf('renamed'),
      /belongs to the source pay: repeat with --yes to take it for stripe/,
    ],
    [
      'one of another stack, without --yes',
      { secrets: secretOf('stack', 'stripe', [whsec('a')], { stack: 'Hookline-staging' }) },
      arnOf('stack'),
      /belongs to the stack Hookline-staging: repeat with --yes/,
    ],
  ];

  it.each(refusals)('adopt refuses %s, and stores nothing', async (_, { secrets = {} }, from, reason) => {
    const there = world({ secrets: { ...secretOf('new', 'stripe', []), ...secrets }, ...noQueues });
    await using aws = await keptAws(there);

    const { code, stdout, stderr } = await aws.run('adopt', 'stripe', '--from', from);

    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(aws.inputsOf('PutSecretValue')).toEqual([]);
    expect(stdout + stderr).not.toMatch(/whsec_|sk_live/);
  });

  it('the secret of a source that was renamed goes to the new name with --yes', async () => {
    const secrets = { ...secretOf('new', 'stripe', []), ...secretOf('renamed', 'pay', [whsec('a')]) };
    const there = world({ secrets, ...noQueues });
    await using aws = await keptAws(there);

    expect((await aws.run('adopt', 'stripe', '--from', arnOf('renamed'), '--yes')).code).toBe(0);
    expect(valuesOf(there)).toEqual([whsec('a')]);
  });
});

test.each([
  ['stripe/secret'],
  [''],
  ['arn:aws:sqs:us-east-1:000000000000:Hookline-x-Y'],
  ['arn:aws:secretsmanager:us-east-1:000000000000:secret:'],
  ['http://127.0.0.1:4566/Hookline-x-Y'],
  ['https://sqs.us-east-1.amazonaws.com/123456789012/Hookline-x-Y?Action=DeleteQueue'],
  ['file:///etc/passwd'],
])('--from %j is a wrong command line', async (from) => {
  await using aws = await keptAws(world());

  const { code, stderr } = await aws.run('adopt', 'stripe', '--from', from);

  expect(code).toBe(2);
  expect(stderr).toContain('It must be the whole ARN of a secret');
});

test('a source that is not deployed cannot adopt anything', async () => {
  await using aws = await keptAws(world());

  const { code, stderr } = await aws.run('adopt', 'github');

  expect(code).toBe(1);
  expect(stderr).toContain("There is no source 'github'; this stack has stripe, partner.");
});
