import { describe, expect, it } from 'vitest';
import {
  BatchExecuteStatementCommand,
  type DynamodbClient,
  UpdateCommand,
} from '../../../lambdas/adapters/dynamodb/commands.ts';
import { type ConditionalUpdate, updateIf } from '../../../lambdas/adapters/dynamodb/conditional-update.ts';
import { gatherWrites } from '../../../lambdas/adapters/dynamodb/gathered-writes.ts';
import { putIfFree } from '../../../lambdas/adapters/dynamodb/put-if-absent.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { dynamodbInMemory, tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';

const table = tableNames.outboundEvents;
const now = unixMillis(1_795_000_000_000);
const expiresAt = now / 1000 + 60;

const update = (id: string, by = 1): ConditionalUpdate => ({
  id,
  set: { at: by },
  assign: ['#count = #count + :one'],
  condition: '#count < :most',
  changesOnly: true,
  values: { one: by, most: 5 },
});

/** Tables with some items, and a client that notes what it calls. */
function setUp(answerTo?: (command: unknown) => object | undefined) {
  const db = dynamodbInMemory();
  for (const id of ['a', 'b', 'c']) db.tableOf(table).put(id, { id, count: 0 });
  const plain = db.client();
  const untyped: object = plain;
  const calls: string[] = [];
  const client: DynamodbClient = Object.create(plain);
  const send = async (command: object) => {
    const size =
      command instanceof BatchExecuteStatementCommand ? ` ${command.input.Statements?.length}` : '';
    calls.push(`${command.constructor.name.replace('Command', '')}${size}`);
    return answerTo?.(command) ?? Reflect.get(untyped, 'send').call(plain, command);
  };
  const write = (id: string, by?: number) => updateIf(client, table, update(id, by));
  const put = (id: string) => putIfFree(client, table, { id, expiresAt }, now);
  return {
    client: gatherWrites(Object.assign(client, { send })),
    calls,
    write,
    put,
    items: db.tableOf(table),
  };
}

const batch = (command: unknown): command is BatchExecuteStatementCommand =>
  command instanceof BatchExecuteStatementCommand;

describe('writes that are gathered', () => {
  it('writes of one turn go together, and each gets its own answer', async () => {
    const { calls, write, put } = setUp();

    const answers = await Promise.all([write('a'), write('b'), put('new'), write('c', 9)]);

    expect(calls).toEqual(['BatchExecuteStatement 4']);
    expect(answers.map((answer) => Reflect.get(Object(answer), 'item'))).toEqual([
      { id: 'a', count: 1, at: 1 },
      { id: 'b', count: 1, at: 1 },
      undefined,
      { id: 'c', count: 9, at: 9 },
    ]);
  });

  it('a write that is alone is a call of its own', async () => {
    const { calls, write } = setUp();

    expect(await write('a')).toEqual({ ok: true, item: { id: 'a', count: 1, at: 1 } });
    expect(await write('a')).toMatchObject({ ok: true });
    expect(calls).toEqual(['Update', 'Update']);
  });

  it('a refused write without an item is made again alone, which says the item', async () => {
    const { calls, write } = setUp();
    await write('a', 7);

    const [refused, made] = await Promise.all([write('a'), write('b')]);

    expect(refused).toEqual({ ok: false, item: { id: 'a', count: 7, at: 7 } });
    expect(made.ok).toBe(true);
    expect(calls).toEqual(['Update', 'BatchExecuteStatement 2', 'Update']);
  });

  it('a refused write with an item is not made again', async () => {
    const Item = { id: 'a', count: 7 };
    const { calls, write } = setUp((command) =>
      batch(command)
        ? { Responses: [{ Error: { Code: 'ConditionalCheckFailed', Item } }, { Item: { id: 'b' } }] }
        : undefined,
    );

    expect(await Promise.all([write('a'), write('b')])).toEqual([
      { ok: false, item: Item },
      { ok: true, item: { id: 'b' } },
    ]);
    expect(calls).toEqual(['BatchExecuteStatement 2']);
  });

  it('an update of a missing item creates none', async () => {
    const { write, items } = setUp();

    expect(await Promise.all([write('none'), write('a')])).toMatchObject([
      { ok: false, item: undefined },
      { ok: true },
    ]);
    expect(items.get('none')).toBeUndefined();
  });

  it('an item that exists is the answer to its put, and one that has expired is replaced', async () => {
    const { calls, put, items } = setUp();
    const kept = { id: 'kept', expiresAt: now / 1000 + 1 };
    items.put('kept', kept);
    items.put('over', { id: 'over', expiresAt: now / 1000 });

    expect(await Promise.all([put('kept'), put('over')])).toEqual([kept, undefined]);
    expect(items.get('over')).toEqual({ id: 'over', expiresAt });
    expect(calls).toEqual(['BatchExecuteStatement 2', 'Put', 'Put']);
  });

  it.each([
    'ThrottlingError',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'InternalServerError',
    'TransactionConflict',
    'AccessDenied',
  ])('a write that a batch answers with %s is made alone, and does not count as refused', async (Code) => {
    const { calls, write } = setUp((command) =>
      batch(command) ? { Responses: [{ Error: { Code } }, { Item: { id: 'b' } }] } : undefined,
    );

    const [failed] = await Promise.all([write('a'), write('b')]);

    expect(failed).toEqual({ ok: true, item: { id: 'a', count: 1, at: 1 } });
    expect(calls).toEqual(['BatchExecuteStatement 2', 'Update']);
  });

  it('a write that fails in its batch and alone throws the error', async () => {
    const { write } = setUp((command) => {
      if (batch(command))
        return { Responses: [{ Error: { Code: 'ThrottlingError' } }, { Item: { id: 'b' } }] };
      throw new Error('throttled');
    });

    const [failed, made] = await Promise.allSettled([write('a'), write('b')]);

    expect(failed).toMatchObject({ status: 'rejected', reason: new Error('throttled') });
    expect(made).toMatchObject({ status: 'fulfilled', value: { ok: true } });
  });

  it('the writes of a batch that fails as a whole are made one by one', async () => {
    const { calls, write } = setUp((command) => {
      if (batch(command)) throw new Error('lost');
      return undefined;
    });

    expect(await Promise.all([write('a'), write('b')])).toMatchObject([{ ok: true }, { ok: true }]);
    expect(calls).toEqual(['BatchExecuteStatement 2', 'Update', 'Update']);
  });

  it('a batch that answers too few writes leaves the others to be made alone', async () => {
    const { calls, write } = setUp((command) => (batch(command) ? { Responses: [] } : undefined));

    expect(await Promise.all([write('a'), write('b')])).toMatchObject([{ ok: true }, { ok: true }]);
    expect(calls).toEqual(['BatchExecuteStatement 2', 'Update', 'Update']);
  });

  it('two writes of one item are never in one batch', async () => {
    const { calls, write, items } = setUp();

    await Promise.all([write('a'), write('a'), write('b')]);

    expect(calls.toSorted()).toEqual(['BatchExecuteStatement 2', 'Update']);
    expect(items.get('a')).toMatchObject({ count: 2 });
  });

  it('a batch has at most 25 writes', async () => {
    const { calls, put } = setUp();

    await Promise.all(Array.from({ length: 30 }, (_, nth) => put(`p${nth}`)));

    expect(calls).toEqual(['BatchExecuteStatement 25', 'BatchExecuteStatement 5']);
  });

  it('writes wait at most 5 ms while a call is under way, and less if it ends before', async () => {
    const answer = Promise.withResolvers<object>();
    const { calls, write } = setUp((command) =>
      command instanceof UpdateCommand && command.input.Key?.['id'] === 'a' ? answer.promise : undefined,
    );

    const slow = write('a');
    await new Promise((resolve) => setTimeout(resolve, 1));
    await Promise.all([write('b'), write('c')]);

    expect(calls).toEqual(['Update', 'BatchExecuteStatement 2']);
    answer.resolve({ Attributes: { id: 'a' } });
    expect(await slow).toEqual({ ok: true, item: { id: 'a' } });
  });

  it('an update that may create its item is never in a batch', async () => {
    const { client, calls } = setUp();
    const creating = (id: string): ConditionalUpdate => ({
      id,
      set: { at: 1 },
      condition: 'attribute_not_exists(#id)',
      values: {},
    });

    await Promise.all([updateIf(client, table, creating('x')), updateIf(client, table, creating('y'))]);

    expect(calls).toEqual(['Update', 'Update']);
  });
});
