import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { invalid, UnknownToStandInError } from './errors.ts';
import type { Condition, Operand } from './expressions/ast.ts';
import { meets } from './expressions/conditions.ts';
import { parsedCondition } from './expressions/parse.ts';
import { attributeOf, type References, referencesOf } from './expressions/references.ts';
import type { TableIndex } from './index-of-table.ts';
import { storedItem } from './marshalling.ts';
import { answerOf, pageOf } from './reads.ts';
import { checkParameters } from './requests.ts';
import type { ReadView } from './staleness.ts';
import { checkStartKey, type MemoryTable } from './table.ts';
import { type Item, sizeOfItem, typeOf } from './values.ts';

const parameters = [
  'TableName',
  'IndexName',
  'KeyConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'Limit',
  'ExclusiveStartKey',
  'ScanIndexForward',
  'Select',
  'ConsistentRead',
];

export function queryTable(table: MemoryTable, request: QueryCommandInput, view: ReadView) {
  checkParameters('Query', request, parameters);
  const { IndexName, KeyConditionExpression = '', ScanIndexForward = true, ConsistentRead } = request;
  if (IndexName !== undefined && ConsistentRead)
    throw invalid('Consistent reads are not supported on global secondary indexes');
  const index = table.view(IndexName);
  const parsed = parsedCondition(KeyConditionExpression);
  const references = referencesOf(request, [parsed]);
  const { partition, sort } = keyCondition(parsed.tree, index, references);
  const items = ConsistentRead ? index.of(partition) : view.of(table, index, partition);
  const isWanted = (item: Item) => sort === undefined || meets(item, sort, references);
  const isAfterAll = (item: Item) =>
    IndexName === undefined && isAtBound(item, sort, ScanIndexForward, references);
  const start =
    request.ExclusiveStartKey &&
    startOf(request.ExclusiveStartKey, index, partition, (item) => isWanted(item) && !isAfterAll(item));
  const direction = ScanIndexForward ? 1 : -1;
  const found = [...items.values()]
    .filter((item) => isWanted(item) && (start === undefined || index.order(item, start) * direction > 0))
    .sort((one, other) => index.order(one, other) * direction);
  const isWhole = IndexName === undefined;
  const shown = (item: Item) => (isWhole ? item : index.keysOf(item));
  const bytesOf = (item: Item) => sizeOfItem(isWhole ? item : storedItem(index.keysOf(item)));
  return answerOf(pageOf(found, request, index.keysOf, bytesOf), request, shown);
}

/** @throws ValidationException over a start key that is none of this query's */
function startOf(
  key: Readonly<Record<string, unknown>>,
  index: TableIndex,
  partition: string,
  isWanted: (item: Item) => boolean,
): Item {
  const start = storedItem(key);
  checkStartKey(start, index.types);
  if (start[index.partitionKey] !== partition || !isWanted(start))
    throw invalid('The provided starting key is outside query boundaries based on provided conditions');
  return start;
}

/** Whether no key of a table can follow in the range of a query; of an index, several items may have one sort key. */
function isAtBound(
  item: Item,
  sort: Condition | undefined,
  isForward: boolean,
  references: References,
): boolean {
  if (sort?.kind === 'compare')
    return sort.by === (isForward ? '<=' : '>=') && meets(item, { ...sort, by: '=' }, references);
  if (sort?.kind !== 'between') return false;
  const right = isForward ? sort.high : sort.low;
  return meets(item, { kind: 'compare', by: '=', left: sort.of, right }, references);
}

interface KeyCondition {
  readonly partition: string;
  readonly sort?: Condition;
}

/** @throws ValidationException over a condition that is not on the keys of the index, or on values of other types */
function keyCondition(condition: Condition, index: TableIndex, references: References): KeyCondition {
  const tests = condition.kind === 'and' ? [condition.left, condition.right] : [condition];
  const ofPartition = tests.find((test) => keyOf(test, references) === index.partitionKey);
  const sort = tests.find((test) => test !== ofPartition);
  if (ofPartition?.kind !== 'compare' || ofPartition.by !== '=')
    throw invalid(`Query condition missed key schema element: ${index.partitionKey}`);
  if (sort !== undefined && keyOf(sort, references) !== index.sortKey)
    throw invalid(`Query key condition not supported: ${keyOf(sort, references)}`);
  for (const test of tests) checkTypes(test, index, references);
  const partition = operandText(ofPartition.right, references);
  return { partition, ...(sort && { sort }) };
}

function operandText(operand: Operand, references: References): string {
  const value = operand.kind === 'value' ? references.valueOf(operand.name) : undefined;
  if (typeof value !== 'string') throw invalid('a partition key that is no text');
  return value;
}

/** The attribute that one test of a key condition is about. */
function keyOf(test: Condition, references: References): string {
  switch (test.kind) {
    case 'compare':
      if (test.left.kind === 'path' && test.by !== '<>') return attributeOf(test.left, references);
      break;
    case 'between':
      if (test.of.kind === 'path') return attributeOf(test.of, references);
      break;
    case 'begins_with':
      return attributeOf(test.path, references);
  }
  throw new UnknownToStandInError(`the key condition ${test.kind}`);
}

function checkTypes(test: Condition, { types }: TableIndex, references: References): void {
  const key = keyOf(test, references);
  for (const operand of operandsOf(test)) {
    if (operand.kind !== 'value') throw invalid('a key is compared with a value only');
    const value = references.valueOf(operand.name);
    if (typeOf(value) !== types[key])
      throw invalid(`Condition parameter type does not match schema type: ${key} is a ${types[key]}`);
    if (value === '') throw invalid(`The key ${key} is compared with an empty text`);
  }
}

function operandsOf(test: Condition): Operand[] {
  if (test.kind === 'compare') return [test.right];
  if (test.kind === 'between') return [test.low, test.high];
  return test.kind === 'begins_with' ? [test.operand] : [];
}
