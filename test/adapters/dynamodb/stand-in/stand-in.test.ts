import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '../../../../lambdas/adapters/dynamodb/commands.ts';
import { dynamodbInMemory } from '../../../../testing/memory/dynamodb/dynamodb.ts';
import { throttled } from '../../../../testing/memory/dynamodb/errors.ts';

const TableName = 'Deliveries';

/** A table with one item, and an update of it. */
async function oneItem() {
  const db = dynamodbInMemory();
  const client = db.client();
  await client.send(new PutCommand({ TableName, Item: { id: 'a', n: 1, list: ['x'] } }));
  const update = (input: Partial<UpdateCommandInput>) =>
    client.send(new UpdateCommand({ TableName, Key: { id: 'a' }, ReturnValues: 'ALL_NEW', ...input }));
  return { db, client, update };
}

const n = { ExpressionAttributeNames: { '#n': 'n' } };
const one = { ExpressionAttributeValues: { ':one': 1 } };

describe('the stand-in of DynamoDB refuses what DynamoDB refuses', () => {
  it.each([
    [
      'a value that is not defined',
      { UpdateExpression: 'SET #n = :two', ...n, ...one },
      /does not define: :two/,
    ],
    [
      'a name that is not defined',
      { UpdateExpression: 'SET #m = :one', ...n, ...one },
      /does not define: #m/,
    ],
    ['a value that is not used', { UpdateExpression: 'REMOVE #n', ...n, ...one }, /unused in expressions/],
    [
      'an empty map of values',
      { UpdateExpression: 'REMOVE #n', ...n, ExpressionAttributeValues: {} },
      /empty/,
    ],
    ['one attribute twice', { UpdateExpression: 'SET #n = :one REMOVE #n', ...n, ...one }, /overlap/],
    [
      'a clause twice',
      { UpdateExpression: 'SET #n = :one SET id = :one', ...n, ...one },
      /only be used once/,
    ],
    ['a change of the key', { UpdateExpression: 'SET id = :one', ...one }, /part of the key/],
    ['an unknown clause', { UpdateExpression: 'PUT #n = :one', ...n, ...one }, /Syntax error/],
    ['a half expression', { UpdateExpression: 'SET #n =', ...n }, /Syntax error/],
    ['an empty expression', { UpdateExpression: ' ' }, /can not be empty/],
    [
      'redundant parentheses',
      { UpdateExpression: 'SET #n = :one', ConditionExpression: '((#n = :one))', ...n, ...one },
      /redundant parentheses/,
    ],
  ])('%s', async (_what, input, message) => {
    const { update } = await oneItem();

    await expect(update(input)).rejects.toThrow(message);
  });

  it.each([
    ['an empty key', { id: '' }, /has 0 bytes/],
    ['no key', { name: 'x' }, /must be a string/],
    ['an item over 400 KB', { id: 'b', text: 'x'.repeat(410_000) }, /Item size/],
    [
      'an index key of another type',
      { id: 'b', dueShard: '1', dueAt: 'soon' },
      /Type mismatch for Index Key/,
    ],
    ['a number that no double keeps', { id: 'b', n: 2 ** 60 }, /MAX_SAFE_INTEGER/],
    ['an empty set', { id: 'b', set: new Set() }, /non-empty set/],
  ])('%s in an item', async (_what, Item, message) => {
    const { client } = await oneItem();

    await expect(client.send(new PutCommand({ TableName, Item }))).rejects.toThrow(message);
  });

  it('a parameter or a name that our adapters do not use', async () => {
    const { client, update } = await oneItem();

    const batch = new BatchExecuteStatementCommand({ Statements: [] });
    await expect(client.send(batch)).rejects.toThrow(/between 1 and/);
    await expect(update({ UpdateExpression: 'SET status = :one', ...one })).rejects.toThrow(/reserved word/);
    const get = new GetCommand({ TableName, Key: { id: 'a' }, ReturnConsumedCapacity: 'TOTAL' });
    await expect(client.send(get)).rejects.toThrow(/ReturnConsumedCapacity/);
  });
});

describe('the stand-in of DynamoDB', () => {
  it('reads every right-hand side from the item as it was', async () => {
    const { update } = await oneItem();

    const { Attributes } = await update({
      UpdateExpression: 'SET #n = #n + :one, #m = #n, #list = list_append(#list, #list) REMOVE #none',
      ExpressionAttributeNames: { '#n': 'n', '#m': 'm', '#list': 'list', '#none': 'none' },
      ...one,
    });

    expect(Attributes).toEqual({ id: 'a', n: 2, m: 1, list: ['x', 'x'] });
  });

  it('returns the item with a refusal only where the request asks for it', async () => {
    const { update } = await oneItem();
    const refused = { UpdateExpression: 'REMOVE #n', ConditionExpression: 'attribute_not_exists(#n)', ...n };

    await expect(update(refused)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: undefined,
    });
    await expect(
      update({ ...refused, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ).rejects.toMatchObject({ Item: { id: { S: 'a' }, n: { N: '1' }, list: { L: [{ S: 'x' }] } } });
  });

  it('keeps what has expired until its TTL deletes it', async () => {
    const clock = { now: 10_000 };
    const db = dynamodbInMemory({ now: () => clock.now });
    await db.client().send(new PutCommand({ TableName, Item: { id: 'a', expiresAt: 11 } }));
    const count = () => db.tableOf(TableName).items.size;

    db.expire();
    clock.now = 60_000;
    expect(count()).toBe(1);
    db.expire();
    expect(count()).toBe(0);
  });

  it('lets reads that ask for no consistency see the former item, for a second', async () => {
    const clock = { now: 0 };
    const db = dynamodbInMemory({ now: () => clock.now, isLate: () => true });
    const client = db.client();
    const Item = { id: 'a', heldBy: 'acme', createdAt: 1 };
    await client.send(new PutCommand({ TableName, Item }));
    const read = async (ConsistentRead: boolean) =>
      (await client.send(new GetCommand({ TableName, Key: { id: 'a' }, ConsistentRead }))).Item;
    const query = new QueryCommand({
      TableName,
      IndexName: 'held',
      KeyConditionExpression: '#by = :by',
      ExpressionAttributeNames: { '#by': 'heldBy' },
      ExpressionAttributeValues: { ':by': 'acme' },
    });

    expect([await read(true), await read(false)]).toEqual([Item, undefined]);
    expect((await client.send(query)).Items).toEqual([]);
    clock.now = 1000;
    expect(await read(false)).toEqual(Item);
    expect((await client.send(query)).Items).toEqual([Item]);
  });

  it('leaves keys of a batch unprocessed on demand', async () => {
    const db = dynamodbInMemory({ batchTakes: (keys) => keys - 1 });
    const client = db.client();
    for (const id of ['a', 'b']) await client.send(new PutCommand({ TableName, Item: { id } }));
    const Keys = [{ id: 'a' }, { id: 'b' }];

    const read = await client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys } } }));

    expect(read.Responses).toEqual({ [TableName]: [{ id: 'a' }] });
    expect(read.UnprocessedKeys).toMatchObject({ [TableName]: { Keys: [{ id: 'b' }] } });
  });

  it('fails before or after the effect as its hooks say, and takes a changed request', async () => {
    const { db } = await oneItem();
    const stop = () => {
      throw throttled();
    };
    const put = (id: string) => new PutCommand({ TableName, Item: { id } });

    await expect(db.client({ before: stop }).send(put('b'))).rejects.toThrow('throttled');
    await expect(db.client({ after: stop }).send(put('c'))).rejects.toThrow('throttled');
    await db
      .client({
        mutate: (asked) => (asked.action === 'PutItem' ? { ...asked, input: put('e').input } : asked),
      })
      .send(put('d'));

    expect([...db.tableOf(TableName).items.keys()]).toEqual(['a', 'c', 'e']);
  });

  it('goes on after a page where it ended, in both directions', async () => {
    const { client } = await oneItem();
    for (const id of ['p', 'q', 'r'])
      await client.send(new PutCommand({ TableName, Item: { id, heldBy: 'acme', createdAt: 7 } }));
    const page = (ScanIndexForward: boolean, ExclusiveStartKey?: Record<string, unknown>) =>
      client.send(
        new QueryCommand({
          TableName,
          IndexName: 'held',
          KeyConditionExpression: '#by = :by',
          ExpressionAttributeNames: { '#by': 'heldBy' },
          ExpressionAttributeValues: { ':by': 'acme' },
          Limit: 2,
          ScanIndexForward,
          ExclusiveStartKey,
        }),
      );

    for (const isForward of [true, false]) {
      const first = await page(isForward);
      const second = await page(isForward, first.LastEvaluatedKey);
      expect([...(first.Items ?? []), ...(second.Items ?? [])]).toHaveLength(3);
      expect([first.Count, second.Count, second.LastEvaluatedKey]).toEqual([2, 1, undefined]);
    }
    await expect(page(true, { id: 'p' })).rejects.toThrow('starting key is invalid');
  });
});
