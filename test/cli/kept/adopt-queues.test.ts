import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, test, vi } from 'vitest';
import { queuesToMove } from '../../../cli/kept/adopt-queues.ts';
import { fromLocalOutputs, sourceOf } from '../../../cli/stack/deployment.ts';
import { deployedOutputs, keptAws } from '../../support/cli/kept-aws.ts';
import {
  event,
  leftDlq,
  leftQueue,
  ownQueue,
  urlOf,
  valuesOf,
  world,
} from '../../support/cli/kept-fixtures.ts';

describe('a queue', () => {
  it('a queue that is named with --from is the only one that is emptied', async () => {
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
      /does not belong to the stack Hookline, and may be in use: repeat with --yes/,
    ],
    ['none', 'Hookline-SourcestripeWorkQueue8-Y', /There is no queue /],
  ])('a queue of %s is refused, and nothing is changed', async (_, name, reason) => {
    const there = world();
    await using aws = await keptAws(there);

    const { code, stderr } = await aws.run('adopt', 'stripe', '--from', urlOf(name));

    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).toContain('Nothing was moved.');
    expect(aws.inputsOf('ReceiveMessage')).toEqual([]);
  });

  it('a queue with messages in flight or delayed must be read again', async () => {
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

  it('a queue keeps an event whose body is in the bucket of an earlier deployment', async () => {
    const large = event('e1', 'stripe', { bodyS3: `inbound/stripe/${'a'.repeat(64)}` });
    const there = world({ queues: { [ownQueue]: { messages: [] }, [leftQueue]: { messages: [large] } } });
    await using aws = await keptAws(there);

    const { code, stderr } = await aws.run('adopt', 'stripe');

    expect(code).toBe(1);
    expect(stderr).toContain('stripe#e1: its body cannot be read from this deployment’s bucket');
    expect(there.queues[leftQueue]?.messages).toEqual([large]);
    expect(there.queues[ownQueue]?.messages).toEqual([]);
  });

  it('a queue whose message has an invalid source name does not put it into a command for a shell', async () => {
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

  it('a queue that cannot be emptied does not stop the others', async () => {
    const there = world();
    const DeleteMessage = ({ QueueUrl }: Readonly<Record<string, unknown>>) => {
      if (String(QueueUrl).endsWith(leftQueue))
        throw Object.assign(new Error('no'), { name: 'AccessDenied' });
      return {};
    };
    await using aws = await keptAws(there, { DeleteMessage });

    const { code, stdout, stderr } = await aws.run('adopt', 'stripe');

    expect(code).toBe(1);
    expect(stderr).toContain(`${leftQueue}: AWS refused: AccessDenied: no; the rest is still in it`);
    expect(stdout).toContain(`1 event of stripe moved from ${leftDlq}`);
  });
});

test('a queue is emptied without --yes only if it certainly belongs to the stack', async () => {
  const stack = 'Payments-webhooks-in-eu';
  const name = `${stack}-SourcestripeWorkQueue0A1B2C3D-X`.padEnd(78, 'X');
  const toMove = async (Tags: Readonly<Record<string, string>>) => {
    const client = new SQSClient({ region: 'eu-central-1' });
    const answer = { QueueUrls: [urlOf(name)], Tags, Attributes: { ApproximateNumberOfMessages: '1' } };
    vi.spyOn(client, 'send').mockImplementation(async () => answer);
    const source = sourceOf(fromLocalOutputs(deployedOutputs), 'stripe');
    const request = { stack, source, inUse: new Set<string>(), from: undefined, isConfirmed: false };
    return (await queuesToMove(client, request)).map((queue) => queue.name);
  };

  expect(await toMove({})).toEqual([]);
  expect(await toMove({ 'hookline:stack': stack, 'hookline:queue': 'events' })).toEqual([name]);
});
