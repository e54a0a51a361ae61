import { expect, it } from 'vitest';
import { PutCommand } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { dynamodbEventTypes } from '../../../lambdas/adapters/dynamodb/event-types.ts';
import { otherItems } from '../../../lambdas/domain/tables.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory } from '../../../testing/memory/dynamodb/dynamodb.ts';

const now = unixMillis(1_795_000_000_000);
const plain = {
  name: 'invoice.paid',
  description: 'An invoice was paid.',
  checkPayload: false,
  createdAt: now,
  updatedAt: now,
  version: 1,
};
const detailed = {
  ...plain,
  name: 'invoice.sent',
  schema: { type: 'object' },
  example: { total: 1e21, note: '' },
};
const eventTypes = () => {
  const client = dynamodbInMemory().client();
  return { client, table: dynamodbEventTypes(client, 'Endpoints') };
};

it('an event type is read as it was written, with its schema and example or without', async () => {
  const { table } = eventTypes();
  await table.put(plain, 0);
  await table.put(detailed, 0);

  expect(await table.read('invoice.paid')).toEqual(plain);
  expect(await table.read('invoice.sent')).toEqual(detailed);
  expect(await table.read('invoice.void')).toBeUndefined();
});

it('event types are listed by name, page by page', async () => {
  const { table } = eventTypes();
  await table.put(detailed, 0);
  await table.put(plain, 0);

  const first = await table.page(undefined, 1);
  expect(first).toEqual({ eventTypes: [plain], next: 'invoice.paid' });
  expect((await table.page(first.next, 1)).eventTypes).toEqual([detailed]);
});

it('a change of an event type that has changed since it was read is refused', async () => {
  const { table } = eventTypes();
  await table.put(plain, 0);

  expect(await table.put({ ...plain, version: 1 }, 0)).toBe(false);
  expect(await table.put({ ...plain, version: 2 }, 1)).toBe(true);
  expect(await table.put({ ...plain, version: 3 }, 1)).toBe(false);
  expect(await table.remove(plain)).toBe(false);
  expect(await table.remove({ ...plain, version: 2 })).toBe(true);
  expect(await table.read('invoice.paid')).toBeUndefined();
});

it('an event type whose example is not JSON is malformed', async () => {
  const { client, table } = eventTypes();
  const { name: id, ...rest } = plain;
  const Item = { ...rest, tenant: otherItems.eventType, id, exampleText: 'no' };
  await client.send(new PutCommand({ TableName: 'Endpoints', Item }));

  await expect(table.read('invoice.paid')).rejects.toThrow('malformed');
});
