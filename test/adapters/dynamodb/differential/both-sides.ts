import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { AttributeMap } from '../../../../lambdas/adapters/dynamodb/attribute-values.ts';
import {
  DeleteCommand,
  type DynamodbClient,
  GetCommand,
  ScanCommand,
  UpdateCommand,
} from '../../../../lambdas/adapters/dynamodb/commands.ts';
import { plainItem } from '../../../../lambdas/adapters/dynamodb/plain-item.ts';
import { asError } from '../../../../lambdas/domain/errors.ts';
import { clientBy } from '../../../../testing/memory/command-client.ts';
import { dynamodbInMemory, tableNames } from '../../../../testing/memory/dynamodb/dynamodb.ts';
import { type Request, requestOf } from '../../../../testing/memory/dynamodb/requests.ts';
import { shapes, type TableShape } from '../../../../testing/memory/dynamodb/table-shape.ts';
import type { Item } from '../../../../testing/memory/dynamodb/values.ts';
import type { Draw } from './operations.ts';

/** Something that the two sides do not do alike. */
export class DifferenceError extends Error {
  override name = 'DifferenceError' as const;
  constructor(what: string, { ours, theirs }: { readonly ours: unknown; readonly theirs: unknown }) {
    super(`${what}\nstand-in: ${textOf(ours)}\nDynamoDB Local: ${textOf(theirs)}`);
  }
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (inner instanceof Set ? { set: [...inner] } : inner));

const allIndexes = Object.values(shapes).flatMap(({ indexes = [] }: TableShape) => indexes);
const indexKeys: ReadonlySet<string> = new Set(
  allIndexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]),
);
const sortKeys: ReadonlyMap<string, string> = new Map(allIndexes.map(({ name, sortKey }) => [name, sortKey]));
const oddValues = [
  undefined,
  'pending',
  '',
  7.5,
  -3,
  true,
  null,
  [],
  ['x'],
  {},
  { a: 1 },
  new Set(['a']),
  new Set([1]),
  Uint8Array.from([1]),
];

type Send = (command: unknown) => Promise<object>;

/**
 * A client that makes each call on the stand-in and on DynamoDB Local, and compares answers, and the item after a write.
 *
 * @param local a client of DynamoDB Local, whose tables are empty
 */
export function bothSides(local: DynamodbClient) {
  const db = dynamodbInMemory();
  const ours = sendOf(db.client());
  const theirs = sendOf(local);
  const counts = { commands: 0, refused: 0 };

  async function send(command: unknown): Promise<object> {
    const request = requestOf(command);
    const [mine, real] = [await settled(ours(command)), await settled(theirs(command))];
    counts.commands++;
    if (mine.error !== undefined) counts.refused++;
    const answers = { ours: comparable(mine, request), theirs: comparable(real, request) };
    if (isAtItsBound(request, mine.answer)) Reflect.deleteProperty(answers.ours, 'LastEvaluatedKey');
    if (!isDeepStrictEqual(answers.ours, answers.theirs) && !continuesAmongEquals(request))
      throw new DifferenceError(`${request.action} ${textOf(request.input)}`, answers);
    await compareItem(request);
    if (mine.error !== undefined) throw mine.error;
    return mine.answer;
  }

  /** Whether a page begins after one of several items with one sort key: those that follow are any of the others. */
  function continuesAmongEquals({ action, input }: Request): boolean {
    if (action !== 'Query' || input.IndexName === undefined || input.ExclusiveStartKey === undefined)
      return false;
    const { partitionKey, sortKey, of } = db.tableOf(input.TableName).view(input.IndexName);
    const start = input.ExclusiveStartKey;
    const items = [...of(String(start[partitionKey])).values()];
    return items.filter((item) => item[sortKey] === start[sortKey]).length > 1;
  }

  /** Compares the item that a write was about. */
  async function compareItem(request: Request): Promise<void> {
    const key = writtenKey(request);
    if (key === undefined) return;
    const get = new GetCommand({ ...key, ConsistentRead: true });
    const items = { ours: await ours(get), theirs: withoutMetadata(await theirs(get)) };
    if (!isDeepStrictEqual(items.ours, items.theirs))
      throw new DifferenceError(`after ${request.action}`, items);
  }

  /** Compares whole tables and indexes. */
  async function compareAll(): Promise<void> {
    for (const [kind, TableName] of Object.entries(tableNames)) {
      const table = db.tableOf(TableName);
      const items = await scanned(local, TableName);
      compareItems(TableName, [...table.items.values()], items, table.keys);
      const shape: TableShape | undefined = Object.entries(shapes).find(([name]) => name === kind)?.[1];
      for (const index of shape?.indexes ?? []) {
        const view = table.view(index.name);
        const held = [...table.items.values()].filter((item) =>
          view.isIn(item, String(item[view.partitionKey])),
        );
        const real = await scanned(local, TableName, index.name);
        compareItems(`${TableName}.${index.name}`, held.map(view.keysOf), real, table.keys);
      }
    }
  }

  /** Changes one attribute of some item into something that no adapter writes, or removes it. */
  async function spoil({ a, b, c }: Draw): Promise<unknown> {
    const all = Object.values(tableNames).flatMap((TableName) =>
      [...db.tableOf(TableName).items.values()].map((item) => ({ TableName, item })),
    );
    const { TableName, item } = all[a % all.length] ?? {};
    if (TableName === undefined || item === undefined) return;
    const names = Object.keys(item);
    const Key = keysIn(item, db.tableOf(TableName).keys);
    const name = names[(b * 4 + c) % names.length] ?? '';
    const ExpressionAttributeNames = { '#odd': name };
    // Local takes a key of a wrong type as long as the item has not all keys of the index; AWS does not. A tally's `notifyAt` is
    // copied into such a key.
    const isKey = indexKeys.has(name) || name === 'notifyAt';
    const odd = isKey ? undefined : oddValues[(a + b) % oddValues.length];
    const update =
      odd === undefined
        ? { UpdateExpression: 'REMOVE #odd' }
        : { UpdateExpression: 'SET #odd = :odd', ExpressionAttributeValues: { ':odd': odd } };
    return send(new UpdateCommand({ TableName, Key, ExpressionAttributeNames, ...update }));
  }

  return {
    client: clientBy<'dynamodb'>(send),
    counts,
    spoil,
    compareAll,

    async clear(): Promise<void> {
      for (const TableName of Object.values(tableNames))
        for (const item of await scanned(local, TableName))
          await local.send(new DeleteCommand({ TableName, Key: keysIn(item, db.tableOf(TableName).keys) }));
    },
  };
}

/** The command goes on as it is: the real client checks it. */
function sendOf(client: DynamodbClient): Send {
  const untyped: object = client;
  return Reflect.get(untyped, 'send').bind(client);
}

interface Settled {
  readonly answer: object;
  readonly error?: Error;
}

const settled = (sent: Promise<object>): Promise<Settled> =>
  sent.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ answer: {}, error: asError(error) }),
  );

/**
 * Whether a page ends with the very item that bounds its range: Local says that there is no more, AWS does not know.
 * Whether our adapters read on is the same to them.
 */
function isAtItsBound(
  { action, input }: Request,
  { LastEvaluatedKey }: { LastEvaluatedKey?: object },
): boolean {
  if (action !== 'Query' || LastEvaluatedKey === undefined) return false;
  const { ':upTo': bound } = input.ExpressionAttributeValues ?? {};
  return bound !== undefined && Object.values(LastEvaluatedKey).includes(bound);
}

/** What has to be the same: an answer, or an error's name and item. */
function comparable({ answer, error }: Settled, { action, input }: Request): object {
  if (error !== undefined) {
    const item: AttributeMap | undefined = Reflect.get(error, 'Item');
    // A client hands binaries on as they come: as bytes, or in base64.
    return { error: error.name, item: item && plainItem(item) };
  }
  const plain = withoutMetadata(answer);
  // Neither promises an order.
  if (action === 'BatchGetItem' || action === 'Scan') return sortedItems(plain);
  return action === 'Query' && input.IndexName !== undefined ? inOrderOf(input.IndexName, plain) : plain;
}

function withoutMetadata(answer: object): object {
  const entries = Object.entries(answer).filter(
    ([name, value]) => name !== '$metadata' && value !== undefined,
  );
  return Object.fromEntries(entries);
}

/** Items that are listed in no order, by their keys. */
function sortedItems(answer: object): object {
  const { Items, Responses = {}, ...rest } = v.parse(Listing, answer);
  const byKey = (items: readonly Keyed[]) => items.toSorted((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  const batches = Object.entries(Responses).map(([table, items]) => [table, byKey(items)]);
  return { ...rest, Items: Items && byKey(Items), Responses: Object.fromEntries(batches) };
}

/** Of equal sort keys any may come first, and end a page. */
function inOrderOf(index: string, answer: object): object {
  const { Items = [], LastEvaluatedKey, ...rest } = v.parse(Listing, answer);
  const sortKey = sortKeys.get(index) ?? '';
  const order = Items.map((item) => item[sortKey]);
  if (LastEvaluatedKey !== undefined) return { ...rest, order, LastEvaluatedKey: LastEvaluatedKey[sortKey] };
  return { ...rest, order, ...sortedItems({ Items }) };
}

const Keyed = v.looseObject({ tenant: v.optional(v.string()), id: v.string() });
type Keyed = v.InferOutput<typeof Keyed>;
const Listing = v.looseObject({
  Items: v.optional(v.array(Keyed)),
  LastEvaluatedKey: v.optional(v.looseObject({})),
  Responses: v.optional(v.record(v.string(), v.array(Keyed))),
});
const keyText = ({ tenant, id }: Keyed): string => `${tenant}/${id}`;

function writtenKey({ action, input }: Request) {
  if (action === 'UpdateItem' || action === 'DeleteItem')
    return { TableName: input.TableName, Key: input.Key };
  if (action !== 'PutItem') return undefined;
  const { id, tenant } = input.Item ?? {};
  if (typeof id !== 'string' || id === '') return undefined;
  return {
    TableName: input.TableName,
    Key: input.TableName === tableNames.endpoints ? { tenant, id } : { id },
  };
}

async function scanned(client: DynamodbClient, TableName: string, IndexName?: string) {
  const found: Record<string, unknown>[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, IndexName, ExclusiveStartKey }));
    found.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return found;
}

const keysIn = (item: Readonly<Record<string, unknown>>, keys: readonly string[]) =>
  Object.fromEntries(keys.map((key) => [key, item[key]]));

function compareItems(
  what: string,
  ours: readonly (Item | Record<string, unknown>)[],
  theirs: readonly Record<string, unknown>[],
  keys: readonly string[],
): void {
  const sorted = (items: readonly Readonly<Record<string, unknown>>[]) =>
    items.toSorted((a, b) => (textOf(keysIn(a, keys)) < textOf(keysIn(b, keys)) ? -1 : 1));
  const both = { ours: sorted(ours), theirs: sorted(theirs) };
  if (!isDeepStrictEqual(both.ours, both.theirs)) throw new DifferenceError(`the contents of ${what}`, both);
}
