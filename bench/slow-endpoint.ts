import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { patientCalls } from '../lambdas/adapters/call-bounds.ts';
import { dynamoClient } from '../lambdas/adapters/dynamodb/client.ts';
import { dynamodbEndpointChanges } from '../lambdas/adapters/dynamodb/endpoints/changes.ts';
import { secretsClient } from '../lambdas/adapters/secrets/client.ts';
import { masterSecret } from '../lambdas/adapters/secrets/master-secret.ts';
import { generateSecret } from '../lambdas/domain/endpoint-secret.ts';
import { asEndpointId, asTenantId, type TenantId } from '../lambdas/domain/ids.ts';
import { unixMillis } from '../lambdas/domain/time.ts';
import type { LocalAws } from '../local/emulator.ts';
import { percentile } from './measured.ts';

const healthyCount = 20;
const hangsMs = 31_000;
/** The results of the healthy endpoints alone, and beside one that hangs. */
const tenants = { alone: asTenantId('bench-alone'), beside: asTenantId('bench-beside') } as const;

/**
 * Publishes an event a second to twenty healthy endpoints, first alone, then beside one that hangs on every request. Measures
 * the time from publish to arrival.
 */
export async function measureBesideSlow(seconds: number, aws: LocalAws): Promise<string> {
  const server = await startEndpoints();
  try {
    await register(tenants.alone, server.url, aws, []);
    await register(tenants.beside, server.url, aws, ['hangs']);
    await publishFor(5, tenants.alone, aws);
    server.arrivals.clear();
    const alone = await measure(tenants.alone, seconds, aws, server.arrivals);
    const beside = await measure(tenants.beside, seconds, aws, server.arrivals);
    return describe(alone, beside, server.hung());
  } finally {
    server.close();
  }
}

async function startEndpoints() {
  const arrivals = new Map<string, number>();
  const hung = { count: 0 };
  const server = createServer((request, response) => {
    const [, tenant = '', id = ''] = (request.url ?? '').split('/');
    request.resume().on('end', () => {
      if (id === 'hangs') {
        hung.count++;
        return setTimeout(() => response.end(), hangsMs).unref();
      }
      arrivals.set(`${tenant} ${id} ${request.headers['webhook-id']}`, Date.now());
      return response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, arrivals, hung: () => hung.count, close };
}

async function register(
  tenant: TenantId,
  url: string,
  aws: LocalAws,
  more: readonly string[],
): Promise<void> {
  const client = dynamoClient(patientCalls, aws.env);
  const { create } = dynamodbEndpointChanges(client, aws.outputs.tables.endpoints);
  const { seal } = masterSecret(secretsClient(patientCalls, aws.env), aws.outputs.outbound.masterSecretArn);
  const now = unixMillis(Date.now());
  const names = [...Array.from({ length: healthyCount }, (_, index) => `well-${index}`), ...more];
  for (const id of names.map(asEndpointId)) {
    await create({
      tenant,
      id,
      url: `${url}/${tenant}/${id}`,
      description: '',
      eventTypes: ['*'],
      headers: {},
      metadata: {},
      status: 'enabled',
      secrets: [await seal(generateSecret('v1'), { tenant, id }, now)],
      createdAt: now,
      updatedAt: now,
      version: 1,
    });
  }
}

/** @returns when each event was published */
async function publishFor(
  seconds: number,
  tenant: TenantId,
  aws: LocalAws,
): Promise<ReadonlyMap<string, number>> {
  const sqs = new SQSClient(aws.clientConfig);
  const published = new Map<string, number>();
  for (let second = 0; second < seconds; second++) {
    const id = `${tenant}-${second}-${Date.now()}`;
    const MessageBody = JSON.stringify({ id, type: 'bench.sent', tenant, data: { second } });
    published.set(id, Date.now());
    await sqs.send(new SendMessageCommand({ QueueUrl: aws.outputs.outbound.publishQueueUrl, MessageBody }));
    await pause(1_000);
  }
  return published;
}

/** Returns the milliseconds from publish to arrival of every event at every healthy endpoint. */
async function measure(
  tenant: TenantId,
  seconds: number,
  aws: LocalAws,
  arrivals: ReadonlyMap<string, number>,
): Promise<readonly number[]> {
  const published = await publishFor(seconds, tenant, aws);
  await pause(5_000);
  const wells = Array.from({ length: healthyCount }, (_, index) => `well-${index}`);
  const latencies = [...published].flatMap(([id, at]) =>
    wells.map((well) => (arrivals.get(`${tenant} ${well} ${id}`) ?? Number.POSITIVE_INFINITY) - at),
  );
  return latencies.sort((a, b) => a - b);
}

function describe(alone: readonly number[], beside: readonly number[], hung: number): string {
  const line = (name: string, sorted: readonly number[]) =>
    `${name.padEnd(24)} ${sorted.length} arrivals · p50 ${percentile(sorted, 50)} ms · p99 ${percentile(sorted, 99)} ms`;
  const ratio = percentile(beside, 99) / percentile(alone, 99);
  return [
    line(`${healthyCount} healthy endpoints alone`, alone),
    line('beside one that hangs', beside),
    `p99 with it : without it = ${ratio.toFixed(2)} : 1 (${hung} requests hung)`,
  ].join('\n');
}
