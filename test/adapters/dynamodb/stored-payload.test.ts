import { expect, test } from 'vitest';
import { outboundEventItem } from '../../../lambdas/adapters/dynamodb/outbound-events/item.ts';
import { payloadReader } from '../../../lambdas/adapters/dynamodb/outbound-events/payload-reader.ts';
import { dynamodbOutboundEvents } from '../../../lambdas/adapters/dynamodb/outbound-events/store.ts';
import { itemBytes } from '../../../lambdas/adapters/dynamodb/write-units.ts';
import type { OutboundEvent } from '../../../lambdas/domain/outbound-event.ts';
import { AlteredBodyError } from '../../../lambdas/domain/stored-body.ts';
import { unixMillis, unixSeconds } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory, tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { attributeValues } from '../../../testing/memory/dynamodb/values.ts';
import { invoiceData } from '../../cost/support/invoice-data.ts';
import { itemBytes as bytesOfRequest } from '../../cost/support/item-size.ts';

const eventWith = (text: string): OutboundEvent => ({
  id: 'acme#evt_1',
  eventType: 'invoice.paid',
  createdAt: unixMillis(1_795_000_000_000),
  contentHash: 'h'.repeat(64),
  payload: { text },
  expiresAt: unixSeconds(1_795_100_000),
});

/** The item of an event whose payload has so many bytes, of a body with little to compress. */
const itemOf = (bytes: number) => outboundEventItem(eventWith(JSON.stringify(invoiceData(bytes))));
const unitsOf = (item: object): number => Math.ceil(itemBytes({ ...item }) / 1024);

test('a payload is stored as text where its item costs one unit', () => {
  expect(itemOf(700)).toMatchObject({ payload: expect.any(String) });
});

test.each([
  [1000, 1],
  [2000, 2],
  [4000, 2],
  [8000, 4],
])('a realistic payload of %i B costs %i units, compressed', (bytes, units) => {
  const item = itemOf(bytes);

  expect(item).toMatchObject({ payload: expect.any(Uint8Array) });
  expect(unitsOf(item)).toBe(units);
});

test('a payload is stored as text where its compressed form saves no unit', () => {
  const random = JSON.stringify(
    Buffer.from(crypto.getRandomValues(new Uint8Array(1100))).toString('base64url'),
  );

  expect(outboundEventItem(eventWith(random))).toMatchObject({ payload: random });
});

test('an item is as large as DynamoDB bills it', () => {
  const db = dynamodbInMemory();
  const table = db.tableOf(tableNames.outboundEvents);
  const { rangesLeft, ...event } = itemOf(2000);
  table.put('acme#evt_1', { ...event, isWide: true, rangesLeft: new Set(['a', 'b']) });

  const item = table.get('acme#evt_1') ?? {};
  const sent = Object.entries(attributeValues(item)).map(([name, value]) =>
    value.B === undefined ? [name, value] : [name, { B: Buffer.from(value.B).toString('base64') }],
  );

  expect(itemBytes(item)).toBe(bytesOfRequest(Object.fromEntries(sent)));
});

test('a damaged payload is an altered body to its reader, and its event is read and kept for longer still', async () => {
  const db = dynamodbInMemory();
  const table = db.tableOf(tableNames.outboundEvents);
  const store = dynamodbOutboundEvents(db.client(), tableNames.outboundEvents);
  const event = eventWith(JSON.stringify(invoiceData(2000)));
  await store.create(event);
  const item = table.get(event.id) ?? {};
  table.put(event.id, { ...item, payload: Uint8Array.of(1, 2, 3) });

  const read = payloadReader(store.read, async () => undefined);

  await expect(read(event.id)).rejects.toThrow(AlteredBodyError);
  expect(await store.read(event.id)).toMatchObject({ eventType: event.eventType });
  expect(await store.keep(event.id, unixSeconds(1_795_200_000), event.createdAt)).toBe(true);
  expect(await store.create(event)).toMatchObject({ contentHash: event.contentHash });
});
