import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { adapterClient, sqsClient as sdkClient } from '../../../cli/stack/aws-clients.ts';
import { patientCalls } from '../../../lambdas/adapters/call-bounds.ts';
import { sqsClient } from '../../../lambdas/adapters/sqs/client.ts';
import { sqsQueue } from '../../../lambdas/adapters/sqs/queue.ts';
import { tapQueues } from '../../../lambdas/adapters/sqs/tap-queues.ts';
import { awsVariables } from '../../../local/endpoint.ts';
import { filesIn } from '../../local/support/files-in.ts';
import { startAws } from '../../support/worlds/aws-server.ts';

afterEach(() => vi.unstubAllEnvs());

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const own = 'https://sqs.eu-central-1.amazonaws.com/123456789012/Hookline-Work';

/** A client of an SQS that takes everything, and the calls that reached it. */
async function watched() {
  const aws = await startAws(() => ({ body: { MD5OfMessageBody: md5('text') } }));
  onTestFinished(aws.stop);
  return { client: sqsClient(patientCalls, awsVariables(aws)), calls: aws.calls };
}

test('a copy goes to the listener’s queue in this account and region', async () => {
  const { client, calls } = await watched();

  await tapQueues(client, 'Hookline_tap_', own).send('git', 'Hookline_tap_git_0a1b2c3d', 'text');

  const QueueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/Hookline_tap_git_0a1b2c3d';
  expect(calls).toMatchObject([{ action: 'SendMessage', input: { QueueUrl } }]);
});

test.each([
  'https://evil.example/1/Hookline_tap_git_0a1b2c3d',
  'Hookline_tap_git-hub_0a1b2c3d',
  'Hookline-Work',
])('no copy is sent if a tap names %s', async (name) => {
  const { client, calls } = await watched();

  await expect(tapQueues(client, 'Hookline_tap_', own).send('git', name, 'text')).rejects.toThrow(
    'the tap of git names the queue',
  );
  expect(calls).toEqual([]);
});

test('the functions’ client sends its credentials to no host in a queue’s URL', async () => {
  const { client, calls } = await watched();

  await sqsQueue(client, 'http://evil.example/1/queue').send({ body: 'text' });

  expect(calls).toMatchObject([{ input: { QueueUrl: 'http://evil.example/1/queue' } }]);
});

test('the command line tool’s client sends its credentials to no host in a queue’s URL', async () => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  const client = sdkClient(patientCalls);
  const hosts: string[] = [];
  client.middlewareStack.add(
    () => async (args) => {
      const { hostname } = args.request as { readonly hostname: string };
      hosts.push(hostname);
      return { response: {}, output: { $metadata: {}, MD5OfMessageBody: md5('text') } };
    },
    { step: 'finalizeRequest', priority: 'low' },
  );

  await sqsQueue(adapterClient(client), 'http://evil.example/1/queue').send({ body: 'text' });

  expect(hosts).toEqual(['sqs.eu-central-1.amazonaws.com']);
});

test('the SDK without that setting would send its credentials to the host in a queue’s URL', async () => {
  const client = new SQSClient({});
  expect(client.config.useQueueUrlAsEndpoint).toBe(true);
});

test('every SQS client of the SDK is made in one place', () => {
  const makers = filesIn('bin', 'cli', 'client', 'tools', 'lambdas')
    .filter(({ text }) => /new SQSClient\((?!\)\.config)/.test(text))
    .map(({ file }) => file);

  expect(makers).toEqual(['cli/stack/aws-clients.ts']);
});
