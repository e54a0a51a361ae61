import * as v from 'valibot';
import { endpointHash } from '../../../domain/delivery-task.ts';
import type { Endpoint } from '../../../domain/endpoint.ts';
import type { EndpointId, TenantId } from '../../../domain/ids.ts';
import type { EndpointRange } from '../../../domain/publish-range.ts';
import { readItems } from '../batch-read.ts';
import { type DynamodbClient, GetCommand, QueryCommand } from '../commands.ts';
import { limiterKeyOf, parseLimiter } from '../limiter/item.ts';
import { EndpointKey, parseEndpoint } from './item.ts';

/** Reads of the Endpoints table. */
export const dynamodbEndpointReads = (client: DynamodbClient, table: string) => ({
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
    const items = await readItems(client, table, keys, { ConsistentRead: true });
    const item = items.find((found) => v.is(EndpointKey, found) && found.tenant === tenant);
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
    const next = LastEvaluatedKey && v.parse(EndpointKey, LastEvaluatedKey).id;
    // DynamoDB says that more may follow; the range ends at `upTo`, so this page is the last.
    return { endpoints: Items.map(parseEndpoint), next: next === upTo ? undefined : next };
  },
});
