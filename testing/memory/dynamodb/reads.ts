import type {
  BatchGetCommandInput,
  GetCommandInput,
  QueryCommandInput,
  ScanCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { invalid, UnknownToStandInError } from './errors.ts';
import { meets } from './expressions/conditions.ts';
import { parsedCondition, parsedProjection } from './expressions/parse.ts';
import { attributeOf, type Placeholders, referencesOf } from './expressions/references.ts';
import { storedItem } from './marshalling.ts';
import { checkParameters } from './requests.ts';
import type { ReadView } from './staleness.ts';
import type { MemoryTable } from './table.ts';
import { type Item, sizeOfItem, type Value } from './values.ts';

/** DynamoDB reads up to 100 keys and 16 MB at once. */
const batch = { keys: 100, bytes: 16 * 1024 * 1024 };

export function getItem(table: MemoryTable, request: GetCommandInput, view: ReadView) {
  const known = ['TableName', 'Key', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames'];
  checkParameters('GetItem', request, known);
  const key = table.keyOf(storedItem(request.Key ?? {}));
  const project = projectionOf(request);
  const item = request.ConsistentRead ? table.get(key) : view.get(table, key);
  return item === undefined ? {} : { Item: project(item) };
}

/** @param takes how many of so many keys are read in this call */
export function batchGetItem(
  tableOf: (name: string) => MemoryTable,
  { RequestItems = {}, ...more }: BatchGetCommandInput,
  view: ReadView,
  takes: (keys: number) => number,
) {
  checkParameters('BatchGetItem', more, []);
  const [[name, wanted] = [], ...others] = Object.entries(RequestItems);
  if (name === undefined || wanted === undefined) throw invalid('RequestItems is empty');
  if (others.length > 0) throw new UnknownToStandInError('BatchGetItem from several tables');
  const table = tableOf(name);
  const { Keys = [], ConsistentRead, ...rest } = wanted;
  checkParameters('BatchGetItem', rest, ['ProjectionExpression', 'ExpressionAttributeNames']);
  const project = projectionOf(rest);
  const keys = checkedKeys(Keys, table);
  const read = (key: string) => (ConsistentRead ? table.get(key) : view.get(table, key));
  const { items, done } = readSome(keys.slice(0, Math.min(keys.length, takes(keys.length))), read);
  const left = Keys.slice(done);
  return {
    // In no order that a caller may rely on.
    Responses: { [name]: items.toReversed().map(project) },
    UnprocessedKeys: left.length === 0 ? {} : { [name]: { ...rest, Keys: left, ConsistentRead } },
  };
}

/** Reads keys until there are 16 MB. */
function readSome(keys: readonly string[], read: (key: string) => Item | undefined) {
  const items: Item[] = [];
  let bytes = 0;
  for (const [done, key] of keys.entries()) {
    const item = read(key);
    if (item === undefined) continue;
    bytes += sizeOfItem(item);
    if (bytes > batch.bytes) return { items, done };
    items.push(item);
  }
  return { items, done: keys.length };
}

function checkedKeys(Keys: readonly Record<string, unknown>[], table: MemoryTable): string[] {
  if (Keys.length === 0 || Keys.length > batch.keys)
    throw invalid(`Too many or no items requested for the BatchGetItem call: ${Keys.length}`);
  const keys = Keys.map((key) => table.keyOf(storedItem(key)));
  if (new Set(keys).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
  return keys;
}

/** Keeps what a `ProjectionExpression` names. */
function projectionOf(
  request: Placeholders & { readonly ProjectionExpression?: string },
): (item: Item) => Record<string, Value> {
  const { ProjectionExpression: expression } = request;
  if (expression === undefined) {
    referencesOf(request, []);
    return (item) => item;
  }
  const paths = parsedProjection(expression);
  const references = referencesOf(request, [paths]);
  const names = paths.tree.map((path) => attributeOf(path, references));
  return (item) =>
    Object.fromEntries(
      names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]] as const])),
    );
}

export function scanTable(table: MemoryTable, request: ScanCommandInput, view: ReadView) {
  const known = [
    'TableName',
    'Select',
    'FilterExpression',
    'ExpressionAttributeNames',
    'ExpressionAttributeValues',
    'ExclusiveStartKey',
    'Limit',
    'ConsistentRead',
  ];
  checkParameters('Scan', request, known);
  const items = request.ConsistentRead ? table.items : view.items(table);
  // In an order that has nothing to do with the keys' own, but is the same in each call.
  const all = [...items].sort(
    ([one], [other]) => scattered(one) - scattered(other) || (one < other ? -1 : 1),
  );
  const after = request.ExclusiveStartKey && table.keyOf(storedItem(request.ExclusiveStartKey));
  const from = after === undefined ? 0 : all.findIndex(([key]) => isAfter(key, after));
  const page = pageOf(
    from === -1 ? [] : all.slice(from).map(([, item]) => item),
    request,
    (item) => Object.fromEntries(table.keys.map((key) => [key, item[key]])),
    sizeOfItem,
  );
  return answerOf(page, request, (item) => item);
}

const isAfter = (key: string, after: string): boolean =>
  scattered(key) > scattered(after) || (scattered(key) === scattered(after) && key > after);

function scattered(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  return Math.imul(hash, 2_654_435_761) >>> 0;
}

interface Page {
  readonly items: readonly Item[];
  readonly last?: Record<string, Value | undefined>;
}

/** A page holds at most 1 MB before its filter. */
const pageBytes = 1024 * 1024;

/** The first items, as far as the limit and a megabyte go; `last` when there may be more. */
export function pageOf(
  items: readonly Item[],
  { Limit = Number.POSITIVE_INFINITY }: { readonly Limit?: number },
  keysOf: (item: Item) => Record<string, Value | undefined>,
  bytesOf: (item: Item) => number,
): Page {
  if (Limit < 1) throw invalid(`Limit is ${Limit}, less than 1`);
  let bytes = 0;
  let count = 0;
  for (const item of items) {
    if (count === Limit || bytes >= pageBytes) break;
    bytes += bytesOf(item);
    count++;
  }
  const page = items.slice(0, count);
  const last = page.at(-1);
  const mayGoOn = count === Limit || count < items.length;
  return { items: page, ...(mayGoOn && last && { last: keysOf(last) }) };
}

/** A page after its filter, as items or as their number. */
export function answerOf(
  { items, last }: Page,
  request: Pick<QueryCommandInput, 'FilterExpression' | 'KeyConditionExpression' | 'Select'> & Placeholders,
  shown: (item: Item) => Record<string, Value>,
) {
  const { FilterExpression, KeyConditionExpression, Select } = request;
  const filter = FilterExpression === undefined ? undefined : parsedCondition(FilterExpression);
  const keys = KeyConditionExpression === undefined ? undefined : parsedCondition(KeyConditionExpression);
  const references = referencesOf(
    request,
    [filter, keys].filter((each) => each !== undefined),
  );
  const found = filter === undefined ? items : items.filter((item) => meets(item, filter.tree, references));
  const numbers = { Count: found.length, ScannedCount: items.length };
  const more = last === undefined ? {} : { LastEvaluatedKey: last };
  if (Select === 'COUNT') return { ...numbers, ...more };
  if (Select !== undefined) throw new UnknownToStandInError(`Select ${Select}`);
  return { Items: found.map(shown), ...numbers, ...more };
}
