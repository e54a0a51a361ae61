import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { makeTapQueue } from '../../../cli/listen/tap-queue.ts';
import { sqsClient } from '../../../cli/stack/aws-clients.ts';
import { longPolls } from '../../../lambdas/adapters/call-bounds.ts';

afterEach(() => vi.unstubAllEnvs());

it('a tap waits for SQS as long as SQS waits for a message, and a little longer', async () => {
  await using sqs = await startIdleSqs();
  const queue = await makeTapQueue(sqsClient(longPolls), { tapQueuePrefix: 'Taps_tap_' }, 'github');

  expect(await queue.take(AbortSignal.timeout(20_000))).toEqual([]);
  expect(sqs.operations).toEqual(['ListQueues', 'CreateQueue', 'ReceiveMessage']);
});

it('a tap removes the queues that listeners of its source left, and none of a source with a longer name', async () => {
  const client = sqsClient(longPolls);
  const queues = ['Taps_tap_git_0a1b2c3d', 'Taps_tap_git-hub_0a1b2c3d', 'Taps_tap_git_mine'].map(
    (name) => `https://sqs.example/1/${name}`,
  );
  const deleted: unknown[] = [];
  vi.spyOn(client, 'send').mockImplementation(async ({ input }) => {
    if ('QueueUrl' in input) deleted.push(input.QueueUrl);
    return 'QueueNamePrefix' in input ? { QueueUrls: queues } : {};
  });

  await (await makeTapQueue(client, { tapQueuePrefix: 'Taps_tap_' }, 'git')).removeLeftover();

  expect(deleted).toEqual(['https://sqs.example/1/Taps_tap_git_0a1b2c3d']);
});

it.each([
  [undefined, { SqsManagedSseEnabled: 'true' }],
  ['arn:key', { KmsMasterKeyId: 'arn:key' }],
])(
  'a tap is encrypted as the queues of its deployment are, with the key %s',
  async (encryptionKeyArn, expected) => {
    const client = sqsClient(longPolls);
    const made: unknown[] = [];
    vi.spyOn(client, 'send').mockImplementation(async ({ input }) => {
      if ('Attributes' in input) made.push(input.Attributes);
      return {};
    });

    await makeTapQueue(client, { tapQueuePrefix: 'Taps_tap_', encryptionKeyArn }, 'git');

    const { MessageRetentionPeriod, Policy, ...encryption } = Object(made[0]);
    expect(encryption).toEqual(expected);
  },
);

/** An SQS with nothing in its queues, which says so half a second after the wait that it was asked for. */
async function startIdleSqs() {
  const operations: string[] = [];
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    operations.push(operation);
    const { WaitTimeSeconds } = JSON.parse(await text(request));
    if (WaitTimeSeconds !== undefined) await pause(WaitTimeSeconds * 1000 + 500);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ QueueUrl: `${url}/000000000000/queue` }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  return { operations, [Symbol.asyncDispose]: async () => void server.close() };
}
