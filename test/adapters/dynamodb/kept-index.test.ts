import { expect, it } from 'vitest';
import type { DynamodbClient, QueryCommand } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { dynamodbKept } from '../../../lambdas/adapters/dynamodb/inbound-events/kept.ts';
import { dynamodbInboundEvents } from '../../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import { keptPartition, partitionsOfKept } from '../../../lambdas/domain/kept-events.ts';
import { keptIndex } from '../../../lambdas/domain/tables.ts';
import { dynamodbInMemory, tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { at } from './claims-fixture.ts';

const keptDay = 'stripe#2026-11-18';

/** Items in the index, each with its partition and the instant at which it was kept. */
function tableWith(items: readonly { readonly id: string; readonly day: string; readonly time: number }[]) {
  const db = dynamodbInMemory();
  const table = db.tableOf(tableNames.inboundEvents);
  for (const { id, day, time } of items) table.put(id, { id, keptDay: day, keptAt: at(time) });
  return dynamodbInboundEvents(db.client(), tableNames.inboundEvents);
}

it('an event is kept in one of sixteen partitions of its day and status, all of which are read', () => {
  const partitions = Array.from({ length: 2_000 }, (_, n) =>
    keptPartition(keptDay, 'ignored', `stripe#evt_${n}`),
  );
  const most = Math.max(
    ...[...new Set(partitions)].map((one) => partitions.filter((each) => each === one).length),
  );

  expect(new Set(partitions).size).toBe(keptIndex.shards);
  expect(most).toBeLessThan((1.4 * partitions.length) / keptIndex.shards);
  expect(partitionsOfKept({ keptDay })).toEqual(expect.arrayContaining([...new Set(partitions)]));
  expect(partitionsOfKept({ keptDay, status: 'ignored' })).toHaveLength(keptIndex.shards + 1);
  expect(partitionsOfKept({ keptDay, status: 'failed' })).not.toContain(partitions[0]);
});

it('events that were kept before there were partitions are listed among the others, with either status', async () => {
  const store = tableWith([
    { id: 'stripe#new', day: keptPartition(keptDay, 'failed', 'stripe#new'), time: 2 },
    { id: 'stripe#old_1', day: keptDay, time: 1 },
    { id: 'stripe#old_2', day: keptDay, time: 3 },
  ]);

  expect(await store.listKept({ keptDay }, 10)).toEqual({
    ids: ['stripe#old_1', 'stripe#new', 'stripe#old_2'],
  });
  expect((await store.listKept({ keptDay, status: 'failed' }, 10)).ids).toHaveLength(3);
  expect((await store.listKept({ keptDay, status: 'ignored' }, 10)).ids).toHaveLength(2);
});

/** A client whose index has one partition with these places, in the order in which it returns them. */
function clientWith(places: readonly { readonly id: string; readonly keptAt: number }[]): DynamodbClient {
  const client = {
    async send({ input }: QueryCommand) {
      const { ':day': day, ':from': from = 0 } = input.ExpressionAttributeValues ?? {};
      const found = places.filter(({ keptAt }) => day === keptDay && keptAt >= from);
      const after = found.findIndex(({ id }) => id === input.ExclusiveStartKey?.['id']) + 1;
      const Items = found.slice(after, after + (input.Limit ?? 0));
      const isCut = after + Items.length < found.length;
      return { Items, LastEvaluatedKey: isCut ? Items.at(-1) : undefined };
    },
  };
  return client as unknown as DynamodbClient;
}

it('a page goes on though many events of a partition were kept at one instant, which have no order', async () => {
  const ids = Array.from({ length: 95 }, (_, n) => `stripe#evt_${String(n).padStart(2, '0')}`);
  // Most of them at once, the last ones in threes.
  const places = ids.map((id, n) => ({ id, keptAt: at(n < 78 ? 1 : Math.floor(n / 3)) }));
  const inReverse = places.toReversed().sort((one, other) => one.keptAt - other.keptAt);
  const store = dynamodbKept(clientWith(inReverse), 'InboundEvents');
  const found: string[] = [];
  let page = await store.listKept({ keptDay }, 7);
  while (page.next !== undefined) {
    found.push(...page.ids);
    page = await store.listKept({ keptDay }, 7, page.next);
  }

  expect([...found, ...page.ids]).toEqual(ids);
});
