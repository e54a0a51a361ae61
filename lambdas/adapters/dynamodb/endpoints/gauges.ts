import * as v from 'valibot';
import { endpointHash } from '../../../domain/delivery-task.ts';
import type { EndpointGauges } from '../../../domain/endpoint-store.ts';
import { asEndpointId, asTenantId } from '../../../domain/ids.ts';
import { FiniteNumber } from '../../../domain/instant-fields.ts';
import { attentionIndex, otherItems } from '../../../domain/tables.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, GetCommand, QueryCommand, ScanCommand } from '../commands.ts';
import { updateIf } from '../conditional-update.ts';
import { itemParser } from '../parse-item.ts';
import { shardsOf } from './item.ts';

const Key = v.object({ tenant: v.string(), id: v.string() });
const parseCount = itemParser('count of endpoints', 'Endpoints', v.object({ known: FiniteNumber }));
/** The number of endpoints: one item. */
const countKey = { tenant: otherItems.count, id: 'endpoints' } as const;

/** Counts one endpoint more or less. Does nothing before the first full count. */
export async function changeEndpointCount(client: DynamodbClient, table: string, by: 1 | -1): Promise<void> {
  const assign = ['#known = #known + :by'];
  await updateIf(client, table, { ...countKey, assign, condition: 'attribute_exists(#id)', values: { by } });
}

/** The numbers of endpoints in the Endpoints table, and of those that are down. */
export const dynamodbEndpointGauges = (client: DynamodbClient, table: string) =>
  ({
    /** The number of registered endpoints, as counted by their creation and deletion. */
    async known(hasTime: () => boolean): Promise<number> {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: countKey }));
      return Item === undefined ? countAll(client, table, hasTime) : Math.max(0, parseCount(Item).known);
    },

    /** The number of registered endpoints whose breaker opened, or was probed, after `since`, or which we disabled after it. */
    async down(since: UnixMillis): Promise<number> {
      const down = await Promise.all(
        shardsOf('down').map((shard) => downInShard(client, table, shard, since)),
      );
      return new Set(down.flat()).size;
    },
  }) satisfies EndpointGauges;

async function downInShard(
  client: DynamodbClient,
  table: string,
  shard: string,
  since: UnixMillis,
): Promise<readonly string[]> {
  const down: string[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(downAfter(since, table, shard, from));
    for (const item of page.Items ?? []) down.push(limiterOf(v.parse(Key, item)));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return down;
}

/** Counts the endpoints from before there was a count, once for a deployment, while there is time. */
async function countAll(client: DynamodbClient, table: string, hasTime: () => boolean): Promise<number> {
  let known = 0;
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: table,
        Select: 'COUNT',
        FilterExpression: 'attribute_exists(#url)',
        ExpressionAttributeNames: { '#url': 'url' },
        ExclusiveStartKey: from,
      }),
    );
    known += page.Count ?? 0;
    from = page.LastEvaluatedKey;
  } while (from !== undefined && hasTime());
  const condition = 'attribute_not_exists(#id)';
  await updateIf(client, table, { ...countKey, set: { known }, condition, values: {} });
  return known;
}

const downAfter = (
  since: UnixMillis,
  table: string,
  shard: string,
  from: Record<string, unknown> | undefined,
) =>
  new QueryCommand({
    TableName: table,
    IndexName: attentionIndex.name,
    KeyConditionExpression: '#attention = :shard AND #attentionAt > :since',
    ExpressionAttributeNames: {
      '#attention': attentionIndex.partitionKey,
      '#attentionAt': attentionIndex.sortKey,
    },
    ExpressionAttributeValues: { ':shard': shard, ':since': since },
    ExclusiveStartKey: from,
  });

/** A disabled endpoint may also be listed by its limiter. */
const limiterOf = ({ tenant, id }: v.InferOutput<typeof Key>): string =>
  tenant.startsWith(otherItems.limiter)
    ? tenant.slice(otherItems.limiter.length)
    : endpointHash({ tenant: asTenantId(tenant), endpointId: asEndpointId(id) });
