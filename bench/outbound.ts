import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LocalAws } from '../local/emulator.ts';
import { inParallel } from './in-parallel.ts';
import type { Measured } from './measured.ts';
import { scanAll } from './scan.ts';

const patienceMs = 300_000;
const batchSize = 10;

/**
 * Publishes events to a new endpoint, and waits until all are recorded as delivered.
 *
 * @param run begins the events' ids, so that a second run does not send duplicates
 */
export async function measureOutbound(run: string, count: number, aws: LocalAws): Promise<Measured> {
  const endpoint = await startEndpoint();
  const ids = Array.from({ length: count }, (_, index) => `${run}-${index}`);
  const begun = Date.now();
  const batches = Array.from({ length: Math.ceil(count / batchSize) }, (_, nth) =>
    ids.slice(nth * batchSize, (nth + 1) * batchSize),
  );
  await inParallel(4, batches, publisher(aws, endpoint.url));

  const deliveries = await allDelivered(run, count, aws);
  const seconds = (Date.now() - begun) / 1000;
  endpoint.close();
  const lost = deliveries.length === count ? [] : [`${count - deliveries.length} events are not delivered`];
  const twice = ids
    .filter((id) => endpoint.requests.get(id) !== 1)
    .map((id) => `${id}: ${endpoint.requests.get(id) ?? 0} requests`);
  const latencies = deliveries.map(
    (delivery) => Number(delivery['lastAttemptAt']) - Number(delivery['createdAt']),
  );
  return { count, seconds, latencies, faults: [...lost, ...twice] };
}

async function startEndpoint() {
  const requests = new Map<string, number>();
  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id']);
    requests.set(id, (requests.get(id) ?? 0) + 1);
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, requests, close };
}

function publisher(aws: LocalAws, url: string) {
  const sns = new SNSClient(aws.clientConfig);
  return async (ids: readonly string[]): Promise<void> => {
    const PublishBatchRequestEntries = ids.map((id, index) => ({
      Id: String(index),
      Message: JSON.stringify({
        id,
        type: 'bench.sent',
        data: { text: 'x'.repeat(1500) },
        endpoint: { id: 'bench', url },
      }),
    }));
    await sns.send(
      new PublishBatchCommand({ TopicArn: aws.outputs.outbound.topicArn, PublishBatchRequestEntries }),
    );
  };
}

async function allDelivered(run: string, count: number, aws: LocalAws) {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientConfig));
  const end = Date.now() + patienceMs;
  for (;;) {
    const items = await scanAll(dynamodb, aws.outputs.tables.deliveries);
    const delivered = items.filter(
      ({ status, eventId }) => status === 'delivered' && String(eventId).startsWith(`${run}-`),
    );
    if (delivered.length >= count || Date.now() > end) return delivered;
    await pause(500);
  }
}
