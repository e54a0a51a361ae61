import { describe, expect, it, test } from 'vitest';
import { arnOf, type KeptWorld, keptAws, secretOf } from '../fakes/kept-aws.ts';

const whsec = (letter: string) => `whsec_${letter.repeat(32)}`;
const event = (id: string, source = 'stripe', where: object = { body: '{}' }) =>
  JSON.stringify({
    ...{ v: 1, source, provider: 'stripe', id, type: 'invoice.paid', receivedAt: 1, correlationId: 'c' },
    ...{ headers: {}, ...where },
  });
const letter = (message: string) =>
  JSON.stringify({ v: 1, kind: 'inbound', id: 'stripe#x', reason: 'it broke', at: 1, attempts: 7, message });

const ownQueue = 'Hookline-SourcestripeWorkQueue1-A';
const leftQueue = 'Hookline-SourcestripeWorkQueue9-Z';
const leftDlq = 'Hookline-SourcestripeWorkDlq9-Z';

function world(changed: Partial<KeptWorld> = {}): KeptWorld {
  return {
    secrets: { ...secretOf('new', 'stripe', []), ...secretOf('old', 'stripe', [whsec('a')]) },
    queues: {
      [ownQueue]: { messages: [] },
      [leftQueue]: { messages: [event('e1'), event('e2', 'github')] },
      [leftDlq]: { messages: [letter(event('e3')), 'no JSON'] },
      'Hookline-OutboundDeliveringQueue9-Z': { messages: ['{"v":1,"deliveryId":"d"}'] },
    },
    ...changed,
  };
}

const urlOf = (name: string) => `http://127.0.0.1:4566/000000000000/${name}`;
const valuesOf = ({ secrets }: KeptWorld, name = 'new') => secrets[arnOf(name)]?.values;

test('takes over the secret and the events of one source; what it cannot is named, and is 1', async () => {
  const there = world();
  await using aws = await keptAws(there);

  const { code, stdout, stderr } = await aws.run('adopt', 'stripe');

  expect(valuesOf(there)).toEqual([whsec('a')]);
  expect(there.queues[ownQueue]?.messages).toEqual([event('e1'), event('e3')]);
  expect(there.queues[leftQueue]?.messages).toEqual([event('e2', 'github')]);
  expect(there.queues[leftDlq]?.messages).toEqual(['no JSON']);
  expect(there.queues['Hookline-OutboundDeliveringQueue9-Z']?.messages).toHaveLength(1);
  expect(stdout).toContain(`stripe verifies with the secret of ${arnOf('old')} from now on.`);
  expect(stdout).toContain(`1 event of stripe moved from ${leftQueue} to its queue.`);
  expect(stdout).toMatch(/1 event of github stay: npx hookline .*adopt github --from http/);
  expect(stderr).toMatch(new RegExp(`[0-9a-f]{32}: message is not JSON .*; it stays in ${leftDlq}`));
  expect(stderr).toContain(`1 message not moved from ${leftDlq}.`);
  expect(stdout + stderr).not.toContain('whsec_');
  expect(code).toBe(1);
});

test('a second run finds everything done', async () => {
  const there = world({ queues: { [ownQueue]: { messages: [] }, [leftQueue]: { messages: [event('e1')] } } });
  await using aws = await keptAws(there);

  const first = await aws.run('adopt', 'stripe');
  const second = await aws.run('adopt', 'stripe', '--json');

  expect(first.code).toBe(0);
  expect(first.stdout).toContain(`Nothing is left in it: aws sqs delete-queue --queue-url`);
  expect(second.code).toBe(0);
  expect(JSON.parse(second.stdout)).toEqual({
    ...{ source: 'stripe', secret: { kind: 'done', from: arnOf('old') }, queues: [] },
  });
  expect(valuesOf(there)).toEqual([whsec('a')]);
  expect(there.queues[ownQueue]?.messages).toEqual([event('e1')]);
});

test('nothing left is nothing done', async () => {
  await using aws = await keptAws(world({ secrets: secretOf('new', 'stripe', []), queues: {} }));

  const { code, stdout } = await aws.run('adopt', 'stripe');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^Nothing of stripe is left anywhere: npx hookline .*kept shows what is\.\n$/);
});

describe('the secret', () => {
  const noQueues = { queues: { [ownQueue]: { messages: [] } } };

  it('comes with the one before it while its rotation lasts', async () => {
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

  it('does not replace one that the source has, and its messages move all the same', async () => {
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

  it('is asked for by name where several are left, and the same one counts once', async () => {
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
    expect(unsaid.stderr).toContain(`say which with --from: ${arnOf('old')}, ${arnOf('older')}`);
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
      /what it holds is no secret of this source’s provider/,
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
      /is of the source pay: repeat with --yes to take it for stripe/,
    ],
    [
      'one of another stack, without --yes',
      { secrets: secretOf('stack', 'stripe', [whsec('a')], { stack: 'Hookline-staging' }) },
      arnOf('stack'),
      /is of the stack Hookline-staging: repeat with --yes/,
    ],
  ];

  it.each(refusals)('refuses %s, and stores nothing', async (_, { secrets = {} }, from, reason) => {
    const there = world({ secrets: { ...secretOf('new', 'stripe', []), ...secrets }, ...noQueues });
    await using aws = await keptAws(there);

    const { code, stdout, stderr } = await aws.run('adopt', 'stripe', '--from', from);

    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(aws.inputsOf('PutSecretValue')).toEqual([]);
    expect(stdout + stderr).not.toMatch(/whsec_|sk_live/);
  });

  it('of a source that was renamed goes to the new name with --yes', async () => {
    const secrets = { ...secretOf('new', 'stripe', []), ...secretOf('renamed', 'pay', [whsec('a')]) };
    const there = world({ secrets, ...noQueues });
    await using aws = await keptAws(there);

    expect((await aws.run('adopt', 'stripe', '--from', arnOf('renamed'), '--yes')).code).toBe(0);
    expect(valuesOf(there)).toEqual([whsec('a')]);
  });
});

describe('a queue', () => {
  it('that is asked for is the only thing that is taken', async () => {
    const there = world();
    await using aws = await keptAws(there);

    const { code } = await aws.run('adopt', 'stripe', '--from', urlOf(leftQueue));

    expect(code).toBe(0);
    expect(there.queues[ownQueue]?.messages).toEqual([event('e1')]);
    expect(there.queues[leftDlq]?.messages).toHaveLength(2);
    expect(valuesOf(there)).toEqual([]);
  });

  it.each([
    ['in use', ownQueue, /is in use by Hookline: hookline dlq redrive stripe/],
    [
      'of another stack',
      'Hookline-staging-SourcestripeWorkQueue1-A',
      /is not of the stack Hookline, and may be in use: repeat with --yes/,
    ],
    ['none', 'Hookline-SourcestripeWorkQueue8-Y', /There is no queue /],
  ])('%s is refused, and nothing is changed', async (_, name, reason) => {
    const there = world();
    await using aws = await keptAws(there);

    const { code, stderr } = await aws.run('adopt', 'stripe', '--from', urlOf(name));

    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).toContain('Nothing was moved.');
    expect(aws.inputsOf('ReceiveMessage')).toEqual([]);
  });

  it('with messages in flight or delayed is to be read again', async () => {
    const queues = {
      [ownQueue]: { messages: [] },
      [leftQueue]: { messages: [event('e1')], inFlight: 2, delayed: 1 },
    };
    await using aws = await keptAws(world({ queues }));

    const { code, stdout, stderr } = await aws.run('adopt', 'stripe');

    expect(code).toBe(1);
    expect(stderr).toContain(
      `3 in ${leftQueue} were in flight or delayed: repeat the command when they have come back.`,
    );
    expect(stdout).not.toContain('delete-queue');
  });

  it('with an event whose body is in the bucket of an earlier deployment keeps it', async () => {
    const large = event('e1', 'stripe', { bodyS3: `inbound/stripe/${'a'.repeat(64)}` });
    const there = world({ queues: { [ownQueue]: { messages: [] }, [leftQueue]: { messages: [large] } } });
    await using aws = await keptAws(there);

    const { code, stderr } = await aws.run('adopt', 'stripe');

    expect(code).toBe(1);
    expect(stderr).toContain('stripe#e1: its body cannot be read from this deployment’s bucket');
    expect(there.queues[leftQueue]?.messages).toEqual([large]);
    expect(there.queues[ownQueue]?.messages).toEqual([]);
  });

  it('whose message says a source that is no name becomes no command for a shell', async () => {
    const name = '$(touch x)\u001b[2J; rm -rf ~';
    const messages = [event('e1', name), event('e2', 'constructor'), event('e3', '-h')];
    await using aws = await keptAws(
      world({ queues: { [ownQueue]: { messages: [] }, [leftQueue]: { messages } } }),
    );

    const { stdout } = await aws.run('adopt', 'stripe');

    expect(stdout).toContain('  1 event of $(touch x) [2J; rm -rf ~ stay.\n');
    expect(stdout).toContain('  1 event of -h stay.\n');
    expect(stdout).toMatch(/ {2}1 event of constructor stay: npx hookline .*adopt constructor --from /);
    expect(stdout).not.toMatch(/adopt [$-]/);
  });

  it('that cannot be emptied leaves the others to be', async () => {
    const there = world();
    const DeleteMessage = ({ QueueUrl }: Readonly<Record<string, unknown>>) => {
      if (String(QueueUrl).endsWith(leftQueue))
        throw Object.assign(new Error('no'), { name: 'AccessDenied' });
      return {};
    };
    await using aws = await keptAws(there, { DeleteMessage });

    const { code, stdout, stderr } = await aws.run('adopt', 'stripe');

    expect(code).toBe(1);
    expect(stderr).toContain(
      `${leftQueue}: AWS refused: AccessDenied: no; what was not moved is still there`,
    );
    expect(stdout).toContain(`1 event of stripe moved from ${leftDlq}`);
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

test('a source that is not deployed has nowhere to take it', async () => {
  await using aws = await keptAws(world());

  const { code, stderr } = await aws.run('adopt', 'github');

  expect(code).toBe(1);
  expect(stderr).toContain("There is no source 'github'; this stack has stripe, partner.");
});
