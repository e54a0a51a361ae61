import {
  BatchGetCommand,
  type BatchGetCommandOutput,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { endpointHash } from '../../../domain/delivery-task.ts';
import type { Endpoint } from '../../../domain/endpoint.ts';
import type { EndpointStore } from '../../../domain/endpoint-store.ts';
import { type EndpointId, EndpointIdText, type TenantId, TenantIdText } from '../../../domain/ids.ts';
import type { EndpointRange } from '../../../domain/publish-range.ts';
import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { limiterKeyOf, parseLimiter } from '../limiter/item.ts';
import { attentionItems } from './attention.ts';
import { dynamodbEndpointChanges } from './changes.ts';
import { parseEndpoint } from './item.ts';
import { endpointUpdates } from './updates.ts';

const Key = v.object({ tenant: TenantIdText, id: EndpointIdText });

/** The Endpoints table. */
export function dynamodbEndpoints(client: DynamoDBDocumentClient, table: string) {
  /** Each returns the endpoint after the write, or undefined when the write was refused. */
  const writes =
    <Args extends unknown[]>(updateFor: (...args: Args) => ConditionalUpdate) =>
    async (...args: Args): Promise<Endpoint | undefined> => {
      const { ok, item } = await updateIf(client, table, updateFor(...args));
      return ok ? parseEndpoint(item) : undefined;
    };

  return {
    /** Reads with strong consistency. */
    async read(tenant: TenantId, id: EndpointId): Promise<Endpoint | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { tenant, id }, ConsistentRead: true }),
      );
      return Item && parseEndpoint(Item);
    },

    /** Reads an endpoint and its limiter by one call, with strong consistency. */
    async readWithLimiter(tenant: TenantId, id: EndpointId) {
      const keys = [{ tenant, id }, limiterKeyOf(endpointHash({ tenant, endpointId: id }))];
      const items = await readAll(client, table, keys);
      const item = items.find((found) => v.is(Key, found) && found.tenant === tenant);
      const limiter = items.find((found) => found !== item);
      const endpoint = item === undefined ? undefined : parseEndpoint(item);
      return { endpoint, limiter: parseLimiter(limiter) };
    },

    /** Reads a tenant's endpoints by id, with strong consistency. */
    async page(tenant: TenantId, { after, upTo }: EndpointRange, limit: number) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression:
            upTo === undefined ? '#tenant = :tenant' : '#tenant = :tenant AND #id <= :upTo',
          ExpressionAttributeNames: { '#tenant': 'tenant', ...(upTo !== undefined && { '#id': 'id' }) },
          ExpressionAttributeValues: { ':tenant': tenant, ...(upTo !== undefined && { ':upTo': upTo }) },
          ...(after !== undefined && { ExclusiveStartKey: { tenant, id: after } }),
          ConsistentRead: true,
          Limit: limit,
        }),
      );
      const next = LastEvaluatedKey && v.parse(Key, LastEvaluatedKey).id;
      // DynamoDB says that more may follow; the range ends at `upTo`, so this page is the last.
      return { endpoints: Items.map(parseEndpoint), next: next === upTo ? undefined : next };
    },

    disable: writes(endpointUpdates.disable),
    reseal: writes(endpointUpdates.reseal),
    resumeEndpoint: writes(endpointUpdates.resumeEndpoint),
    reconciled: writes(endpointUpdates.reconciled),
    markHeldEmpty: writes(endpointUpdates.markHeldEmpty),

    toReconcile: async () => (await attentionItems(client, table, 'yes')).map((item) => v.parse(Key, item)),
    ...dynamodbEndpointChanges(client, table),
  } satisfies EndpointStore;
}

/** Reads items with strong consistency, in no order. */
async function readAll(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Record<string, unknown>[],
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let Keys: Record<string, unknown>[] | undefined = [...keys];
  while (Keys !== undefined && Keys.length > 0) {
    const read: BatchGetCommandOutput = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    items.push(...(read.Responses?.[table] ?? []));
    Keys = read.UnprocessedKeys?.[table]?.Keys;
  }
  return items;
}
