import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { DescribeTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { clientConfig } from '../../../local/endpoint.ts';
import { operationOf, type Passed, passOn } from '../../support/worlds/aws-proxy.ts';
import { type Item, itemBytes } from './item-size.ts';
import { type AskedStatement, keyOfStatement } from './statement-key.ts';
import { readUnits, type TableKeys, type Units, writeUnits } from './units.ts';

/** The calls between two reads of the counts, by `service.Operation`, and DynamoDB's units. */
export interface Calls extends Units {
  readonly calls: Readonly<Record<string, number>>;
}

/** The parts of a DynamoDB request that its units depend on. */
interface TableRequest {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConsistentRead?: boolean;
  readonly Statements?: readonly AskedStatement[];
  readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>;
}

interface TableAnswer {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
}

interface StatementsAnswer {
  readonly Responses?: readonly { readonly Error?: { readonly Code: string } }[];
}

/** Stands between the functions and the local AWS, passes every call on, and counts it. */
export async function startRecorder() {
  let upstream = '';
  const calls = new Map<string, number>();
  const units: Units[] = [];
  const tables = new Map<string, Promise<TableKeys>>();
  const dynamodb = () => new DynamoDBClient(clientConfig({ url: upstream }));

  const keysOf = (name: string): Promise<TableKeys> => {
    const known = tables.get(name) ?? readKeys(dynamodb(), name);
    tables.set(name, known);
    return known;
  };

  async function readItem({ TableName, Key, Item: put }: TableRequest): Promise<Item | undefined> {
    const { key } = await keysOf(TableName);
    const whole = Key ?? put ?? {};
    const ofKey = Object.fromEntries(key.map((name) => [name, whole[name] ?? {}]));
    const found = await dynamodb().send(
      new GetItemCommand({ TableName, Key: ofKey as never, ConsistentRead: true }),
    );
    return found.Item as Item | undefined;
  }

  /** Counted before it is answered, so that no call of a step is counted with the next. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const operation = operationOf(request, body);
    // A container looks for a listener once in five seconds, however many events there are.
    const isCounted = !(operation === 'dynamodb.GetItem' && body.includes('/tap"'));
    if (isCounted) calls.set(operation, (calls.get(operation) ?? 0) + 1);
    const isTable = isCounted && operation.startsWith('dynamodb.');
    const passed = isTable
      ? await withUnits(operation, JSON.parse(body.toString('utf8')), () => passOn(upstream, request, body))
      : await passOn(upstream, request, body);
    response.writeHead(passed.status, passed.headers).end(passed.body);
  }

  /** The units of a batch of writes, each as one of its own. A statement that is not understood writes nothing. */
  async function ofStatements(asked: TableRequest, call: () => Promise<Passed>): Promise<Passed> {
    const writes = (asked.Statements ?? []).map(keyOfStatement);
    const before = await Promise.all(writes.map(readItem));
    const passed = await call();
    const { Responses = [] }: StatementsAnswer = JSON.parse(passed.body.toString('utf8'));
    for (const [nth, write] of writes.entries())
      if (Responses[nth]?.Error?.Code !== 'ValidationError')
        units.push(writeUnits(before[nth], await readItem(write), await keysOf(write.TableName)));
    return passed;
  }

  async function withUnits(
    operation: string,
    asked: TableRequest,
    call: () => Promise<Passed>,
  ): Promise<Passed> {
    if (asked.Statements !== undefined) return ofStatements(asked, call);
    const isWrite = /\.(?:Put|Update|Delete)Item$/.test(operation);
    const before = isWrite ? await readItem(asked) : undefined;
    const passed = await call();
    units.push(
      isWrite
        ? writeUnits(before, await readItem(asked), await keysOf(asked.TableName))
        : unitsOfRead(asked, passed.body),
    );
    return passed;
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  return {
    url: `http://127.0.0.1:${port}`,
    passOnTo(url: string): void {
      upstream = url;
    },
    /** The counts since the last read. */
    look(): Calls {
      const counted = {
        calls: Object.fromEntries([...calls].sort(([a], [b]) => (a < b ? -1 : 1))),
        write: total(units, 'write'),
        indexWrite: total(units, 'indexWrite'),
        read: total(units, 'read'),
        stored: total(units, 'stored'),
        indexStored: total(units, 'indexStored'),
      };
      calls.clear();
      units.length = 0;
      return counted;
    },
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

const total = (units: readonly Units[], kind: keyof Units): number =>
  units.reduce((sum, unit) => sum + unit[kind], 0);

async function readKeys(client: DynamoDBClient, TableName: string): Promise<TableKeys> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const names = (schema: readonly { AttributeName?: string }[] = []) =>
    schema.map(({ AttributeName = '' }) => AttributeName);
  const indexes = Table?.GlobalSecondaryIndexes ?? [];
  return { key: names(Table?.KeySchema), indexes: indexes.map(({ KeySchema }) => names(KeySchema)) };
}

function unitsOfRead(asked: TableRequest, answer: Buffer): Units {
  const { Item: one, Items = [], Responses = {} }: TableAnswer = JSON.parse(answer.toString('utf8'));
  if (asked.RequestItems === undefined) {
    const bytes = [...(one ? [one] : []), ...Items].reduce((sum, item) => sum + itemBytes(item), 0);
    return readUnits(bytes, asked.ConsistentRead ?? false);
  }
  const each = Object.entries(Responses).flatMap(([table, items]) =>
    items.map((item) => readUnits(itemBytes(item), asked.RequestItems?.[table]?.ConsistentRead ?? false)),
  );
  return { write: 0, indexWrite: 0, read: total(each, 'read'), stored: 0, indexStored: 0 };
}
