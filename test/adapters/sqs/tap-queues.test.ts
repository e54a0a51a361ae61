import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test, vi } from 'vitest';
import { patientCalls } from '../../../lambdas/adapters/call-bounds.ts';
import { sqsClient } from '../../../lambdas/adapters/sqs/client.ts';
import { sqsQueue } from '../../../lambdas/adapters/sqs/queue.ts';
import { tapQueues } from '../../../lambdas/adapters/sqs/tap-queues.ts';
import { filesIn } from '../../local/support/files-in.ts';

afterEach(() => vi.unstubAllEnvs());

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const own = 'https://sqs.eu-central-1.amazonaws.com/123456789012/Hookline-Work';

/** A client whose requests end here, and what it would have sent. */
function watched() {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  const client = sqsClient(patientCalls);
  const sent: { readonly host: string; readonly body: string }[] = [];
  client.middlewareStack.add(
    () => async (args) => {
      const { hostname, body } = args.request as { readonly hostname: string; readonly body: string };
      sent.push({ host: hostname, body });
      return { response: {}, output: { $metadata: {}, MD5OfMessageBody: md5('text') } };
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return { client, sent };
}

test('a copy goes to the listener’s queue in this account and region', async () => {
  const { client, sent } = watched();

  await tapQueues(client, 'Hookline_tap_', own).send('git', 'Hookline_tap_git_0a1b2c3d', 'text');

  expect(sent.map(({ host }) => host)).toEqual(['sqs.eu-central-1.amazonaws.com']);
  expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
    QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/Hookline_tap_git_0a1b2c3d',
  });
});

test.each([
  'https://evil.example/1/Hookline_tap_git_0a1b2c3d',
  'Hookline_tap_git-hub_0a1b2c3d',
  'Hookline-Work',
])('no copy is sent if a tap names %s', async (name) => {
  const { client, sent } = watched();

  await expect(tapQueues(client, 'Hookline_tap_', own).send('git', name, 'text')).rejects.toThrow(
    'the tap of git names the queue',
  );
  expect(sent).toEqual([]);
});

test('no client sends its credentials to the host in a queue’s URL', async () => {
  const { client, sent } = watched();

  await sqsQueue(client, 'http://evil.example/1/queue').send({ body: 'text' });

  expect(sent.map(({ host }) => host)).toEqual(['sqs.eu-central-1.amazonaws.com']);
});

test('the SDK without that setting would send its credentials to the host in a queue’s URL', async () => {
  const client = new SQSClient({});
  expect(client.config.useQueueUrlAsEndpoint).toBe(true);
});

test('every SQS client is made in one place', () => {
  const makers = filesIn('bin', 'cli', 'client', 'tools', 'lambdas')
    .filter(({ text }) => /new SQSClient\((?!\)\.config)/.test(text))
    .map(({ file }) => file);

  expect(makers).toEqual(['lambdas/adapters/sqs/client.ts']);
});
