import * as v from 'valibot';
import type { EventTypeRecord, EventTypeStore } from '../../domain/event-type.ts';
import { parseExactlyOrNone } from '../../domain/exact-json.ts';
import { Count, Instant } from '../../domain/instant-fields.ts';
import { parseJson } from '../../domain/json.ts';
import { otherItems } from '../../domain/tables.ts';
import { DeleteCommand, type DynamodbClient, GetCommand, PutCommand, QueryCommand } from './commands.ts';
import { itemParser } from './parse-item.ts';
import { unlessRefused } from './unless-refused.ts';

const Schema = v.pipe(v.string(), v.transform(parseJson), v.record(v.string(), v.unknown()));
const Example = v.pipe(
  v.string(),
  v.transform(parseExactlyOrNone),
  v.check((value) => value !== undefined, 'JSON'),
);
/** Schema and example are stored as text, because DynamoDB changes numbers and empty values. */
const Item = v.object({
  id: v.string(),
  description: v.string(),
  schemaText: v.optional(Schema),
  exampleText: v.optional(Example),
  checkPayload: v.boolean(),
  createdAt: Instant,
  updatedAt: Instant,
  version: Count,
});
const tenant = otherItems.eventType;

/** Event types, in a partition of the Endpoints table. */
export function dynamodbEventTypes(client: DynamodbClient, table: string) {
  return {
    async read(name: string): Promise<EventTypeRecord | undefined> {
      const { Item: item } = await client.send(
        new GetCommand({ TableName: table, Key: { tenant, id: name }, ConsistentRead: true }),
      );
      return item && recordIn(item);
    },

    async page(after: string | undefined, limit: number) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: '#tenant = :tenant',
          ExpressionAttributeNames: { '#tenant': 'tenant' },
          ExpressionAttributeValues: { ':tenant': tenant },
          ...(after !== undefined && { ExclusiveStartKey: { tenant, id: after } }),
          Limit: limit,
        }),
      );
      const eventTypes = Items.map(recordIn);
      return { eventTypes, next: LastEvaluatedKey && eventTypes.at(-1)?.name };
    },

    /** @param seen the version that was read, 0 for a new one @returns false when it has changed since */
    put: (eventType: EventTypeRecord, seen: number): Promise<boolean> =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: itemOf(eventType),
            ConditionExpression: seen === 0 ? 'attribute_not_exists(#version)' : '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ...(seen > 0 && { ExpressionAttributeValues: { ':seen': seen } }),
          }),
        ),
      ),

    /** @returns false when it has changed since it was read */
    remove: ({ name, version }: EventTypeRecord): Promise<boolean> =>
      unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: { tenant, id: name },
            ConditionExpression: '#version = :seen',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':seen': version },
          }),
        ),
      ),
  } satisfies EventTypeStore;
}

const itemOf = ({ name, schema, example, ...rest }: EventTypeRecord) => ({
  ...rest,
  tenant,
  id: name,
  schemaText: schema && JSON.stringify(schema),
  exampleText: example === undefined ? undefined : JSON.stringify(example),
});

const parse = itemParser('event type', 'Endpoints', Item);

function recordIn(item: unknown): EventTypeRecord {
  const { id, schemaText: schema, exampleText: example, ...rest } = parse(item);
  return { ...rest, name: id, ...(schema && { schema }), ...(example !== undefined && { example }) };
}
