import { expect, test } from 'vitest';
import { arnOf, type FakeSecret, keptAws, secretOf } from '../../support/cli/kept-aws.ts';

const inUse = {
  'Hookline-SourcestripeWorkQueue1-A': { messages: ['x'] },
  'Hookline-OutboundPublishingQueue1-A': { messages: [] },
};

test('kept lists the secrets and queues that the stack does not use, with the commands', async () => {
  const secrets = {
    ...secretOf('new', 'stripe', []),
    ...secretOf('Hookline-old', 'stripe', ['whsec_a-secret-that-is-never-shown']),
    ...secretOf('Hookline-gone', 'removed', ['y']),
  };
  const queues = {
    ...inUse,
    'Hookline-SourcestripeWorkDlq9-Z': { messages: ['1', '2'], inFlight: 3, delayed: 4 },
    'Hookline-SourceremovedWorkQueue9-Z': { messages: [] },
  };
  await using aws = await keptAws({ secrets, queues });

  const { code, stdout } = await aws.run('kept');

  expect(code).toBe(0);
  expect(stdout).toContain('2 waiting, 3 in flight, 4 delayed');
  expect(stdout).toMatch(/npx hookline --local .*adopt stripe --from arn:\S+:secret:Hookline-old-AbCdEf\n/);
  expect(stdout).toMatch(/adopt stripe --from http:\S+\/Hookline-SourcestripeWorkDlq9-Z\n/);
  expect(stdout).toContain(`aws secretsmanager delete-secret --secret-id ${arnOf('Hookline-gone')}`);
  expect(stdout).toMatch(/aws sqs delete-queue --queue-url http:\S+\/Hookline-SourceremovedWorkQueue9-Z\n/);
  // The source does not exist, and the queue is empty.
  expect(stdout).not.toMatch(/adopt removed/);
  expect(stdout).not.toContain('never-shown');
  expect(stdout).not.toContain('SourcestripeWorkQueue1-A');
  expect(stdout).toContain('4 secrets or queues of Hookline that it does not use.');
});

test('kept omits those of a stack with a similar name, of no stack, or of listeners', async () => {
  const bare = (Name: string): Record<string, FakeSecret> => ({ [arnOf(Name)]: { Name, values: ['x'] } });
  const secrets = {
    ...secretOf('s1', 'stripe', ['x'], { stack: 'Hookline-staging' }),
    ...secretOf('s2', 'stripe', ['x'], { stack: 'hookline' }),
    ...bare('Hookline-staging/stripe'),
    ...bare('Hookline/team/db'),
    ...bare('Hookline'),
    ...bare('other'),
  };
  const queues = {
    'Hookline-staging-SourcestripeWorkQueue1-A': { messages: ['x'] },
    Hookline_tap_stripe_00000000: { messages: ['x'] },
    'Hookline-jobs': { messages: ['x'] },
  };
  await using aws = await keptAws({ secrets, queues });

  const { stdout } = await aws.run('kept', '--json');

  expect(JSON.parse(stdout)).toEqual({ stack: 'Hookline', kept: [] });
  expect((await aws.run('kept')).stdout).toBe('No secret or queue of Hookline is left unused.\n');
});

test('kept finds a secret that an earlier version named after its source, and did not tag', async () => {
  const secrets = { [arnOf('Hookline/stripe')]: { Name: 'Hookline/stripe', values: ['x'] } };
  await using aws = await keptAws({ secrets, queues: inUse });

  const { kept } = JSON.parse((await aws.run('kept', '--json')).stdout);

  expect(kept).toEqual([
    {
      kind: 'secret',
      source: 'stripe',
      purpose: 'verifies the requests of its provider',
      name: 'Hookline/stripe',
      arn: arnOf('Hookline/stripe'),
      adopt: expect.stringMatching(/adopt stripe --from \S+:secret:Hookline\/stripe-AbCdEf$/),
      delete: `aws secretsmanager delete-secret --secret-id ${arnOf('Hookline/stripe')}`,
      changedAt: expect.stringMatching(/^20.*Z$/),
    },
  ]);
});

test('kept omits a queue that was deleted a moment ago', async () => {
  const queues = { ...inUse, 'Hookline-SourcestripeWorkDlq9-Z': { messages: ['1'] } };
  const GetQueueAttributes = () => {
    throw Object.assign(new Error('gone'), { name: 'QueueDoesNotExist' });
  };
  await using aws = await keptAws({ secrets: {}, queues }, { GetQueueAttributes });

  expect(JSON.parse((await aws.run('kept', '--json')).stdout)).toEqual({ stack: 'Hookline', kept: [] });
});

test('kept lists resources of sending, or of sources that shared a queue, without a source', async () => {
  const queues = {
    'Hookline-OutboundDeliveringDlq9-Z': { messages: ['1'] },
    'Hookline-SourcesWorkQueue9-Z': { messages: ['1'] },
  };
  await using aws = await keptAws({ secrets: {}, queues });

  const { kept } = JSON.parse((await aws.run('kept', '--json')).stdout);

  expect(kept).toHaveLength(2);
  expect(kept[0]).not.toHaveProperty('source');
  expect(kept[1]).not.toHaveProperty('source');
  expect(kept[0]).not.toHaveProperty('adopt');
  expect(kept[1].adopt).toMatch(/adopt SOURCE --from http:.*Hookline-SourcesWorkQueue9-Z$/);
});
