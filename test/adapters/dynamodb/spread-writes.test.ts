import { expect, it } from 'vitest';
import {
  type DynamodbClient,
  QueryCommand,
  UpdateCommand,
} from '../../../lambdas/adapters/dynamodb/commands.ts';
import { dynamodbEndpointGauges } from '../../../lambdas/adapters/dynamodb/endpoints/gauges.ts';
import { dynamodbEndpoints } from '../../../lambdas/adapters/dynamodb/endpoints/store.ts';
import { dynamodbTallies } from '../../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { dynamodbLimiter } from '../../../lambdas/adapters/dynamodb/limiter/store.ts';
import { asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { attentionIndex } from '../../../lambdas/domain/tables.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { deliveryIdOf, endpointHashOf } from '../../support/fixtures/ids.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const endpoints = Array.from({ length: 2_000 }, (_, n) => ({
  tenant: asTenantId(`t${n % 50}`),
  endpointId: asEndpointId(`ep_${n}`),
}));

/** A client that notes the partitions that it writes to and reads. */
function notingClient() {
  const noted = { written: [] as string[], indexed: [] as string[], read: [] as string[] };
  const client = {
    async send(command: unknown) {
      if (command instanceof UpdateCommand) {
        const { Key = {}, ExpressionAttributeValues: values = {} } = command.input;
        noted.written.push(String(Key['tenant']));
        const index = values[':set_attention'];
        if (index !== undefined) noted.indexed.push(String(index));
        return { Attributes: undefined };
      }
      if (command instanceof QueryCommand) {
        const { ExpressionAttributeValues: values = {}, Limit } = command.input;
        noted.read.push(String(values[':partition'] ?? values[':shard']));
        return { Items: [], Limit };
      }
      return {};
    },
  };
  return { client: client as unknown as DynamodbClient, noted };
}

/** No partition of the index has much more than its share. */
function expectSpread(partitions: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const partition of partitions) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  expect(partitions).toHaveLength(endpoints.length);
  expect(counts.size).toBe(attentionIndex.shards);
  expect(Math.max(...counts.values())).toBeLessThan((1.3 * endpoints.length) / attentionIndex.shards);
}

it('an outage of many endpoints spreads the writes of their tallies over all partitions and index shards', async () => {
  const { client, noted } = notingClient();
  const tallies = dynamodbTallies(client, 'Endpoints');
  for (const { tenant, endpointId } of endpoints)
    await tallies.add(
      {
        tenant,
        endpointId,
        deliveryId: deliveryIdOf(tenant, 'e', endpointId),
        round: 1,
        eventId: asEventId('e'),
        eventType: 'invoice.paid',
        attempts: 1,
        reason: 'answered 404',
      },
      now,
    );

  expect(new Set(noted.written).size).toBe(endpoints.length);
  expectSpread(noted.indexed);

  await tallies.due(now);
  expect(new Set(noted.read)).toEqual(new Set(noted.indexed));
});

it('an outage of many endpoints spreads opened breakers and disabled endpoints over all index shards', async () => {
  const { client, noted } = notingClient();
  const limiter = dynamodbLimiter(client, 'Endpoints');
  for (const { tenant, endpointId } of endpoints)
    await limiter.open(
      {
        limiterKey: endpointHashOf(tenant, endpointId),
        of: { tenant, endpointId, isRegistered: true },
      },
      later(now, seconds(60)),
      now,
    );
  expect(new Set(noted.written).size).toBe(endpoints.length);
  expectSpread(noted.indexed);

  const opened = new Set(noted.indexed.splice(0));
  const disabled = { reason: 'gone', at: now } as const;
  for (const { tenant, endpointId: id } of endpoints) {
    const seen = newEndpoint(now, { tenant, id, status: 'disabled', disabled, attentionAt: now });
    await dynamodbEndpoints(client, 'Endpoints')
      .reconciled(seen)
      .catch(() => undefined);
  }
  expectSpread(noted.indexed);

  await dynamodbEndpointGauges(client, 'Endpoints').down(now);
  expect(new Set(noted.read)).toEqual(opened);
});
