import type { DeleteCommandInput, PutCommandInput, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { conditionFailed, invalid, UnknownToStandInError } from './errors.ts';
import type { Action, Condition, Parsed } from './expressions/ast.ts';
import { meets } from './expressions/conditions.ts';
import { parsedCondition, parsedUpdate } from './expressions/parse.ts';
import { attributeOf, type References, referencesOf } from './expressions/references.ts';
import { updated } from './expressions/updates.ts';
import { storedItem } from './marshalling.ts';
import { checkParameters } from './requests.ts';
import type { MemoryTable } from './table.ts';
import type { Item } from './values.ts';

const ofConditions = [
  'TableName',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnValuesOnConditionCheckFailure',
];

type Conditional = Pick<
  UpdateCommandInput,
  | 'ConditionExpression'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
  | 'ReturnValuesOnConditionCheckFailure'
>;

const conditionOf = ({ ConditionExpression }: Conditional): Parsed<Condition> | undefined =>
  ConditionExpression === undefined ? undefined : parsedCondition(ConditionExpression);

const isMet = (
  item: Item | undefined,
  condition: Parsed<Condition> | undefined,
  references: References,
): boolean => condition === undefined || meets(item, condition.tree, references);

/** @throws ConditionalCheckFailedException, with the item where the request asks for it */
function checkCondition(
  request: Conditional,
  item: Item | undefined,
  condition: Parsed<Condition> | undefined,
  references: References,
): void {
  if (isMet(item, condition, references)) return;
  throw conditionFailed(request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? item : undefined);
}

const listOf = <T>(...parsed: (Parsed<T> | undefined)[]): Parsed<T>[] =>
  parsed.filter((each) => each !== undefined);

export function putItem(table: MemoryTable, request: PutCommandInput) {
  checkParameters('PutItem', request, [...ofConditions, 'Item']);
  if (request.ReturnValues !== undefined) throw new UnknownToStandInError('ReturnValues of PutItem');
  const condition = conditionOf(request);
  const references = referencesOf(request, listOf(condition));
  const item = storedItem(request.Item ?? {});
  const key = table.keyIn(item);
  checkCondition(request, table.get(key), condition, references);
  table.put(key, item, (other) => (isMet(other, condition, references) ? item : undefined));
  return {};
}

export function deleteItem(table: MemoryTable, request: DeleteCommandInput) {
  checkParameters('DeleteItem', request, [...ofConditions, 'Key']);
  if (request.ReturnValues !== undefined) throw new UnknownToStandInError('ReturnValues of DeleteItem');
  const condition = conditionOf(request);
  const references = referencesOf(request, listOf(condition));
  const key = table.keyOf(storedItem(request.Key ?? {}));
  checkCondition(request, table.get(key), condition, references);
  table.delete(key);
  return {};
}

export function updateItem(table: MemoryTable, request: UpdateCommandInput) {
  checkParameters('UpdateItem', request, [...ofConditions, 'Key', 'UpdateExpression']);
  if (request.UpdateExpression === undefined)
    throw new UnknownToStandInError('an update without an expression');
  const update = parsedUpdate(request.UpdateExpression);
  const condition = conditionOf(request);
  const references = referencesOf(request, [...listOf<unknown>(condition), update]);
  refuseKeys(update.tree, table, references);
  const Key = storedItem(request.Key ?? {});
  const key = table.keyOf(Key);
  const was = table.get(key);
  checkCondition(request, was, condition, references);
  if (was === undefined && update.tree.every(({ kind }) => kind === 'REMOVE' || kind === 'DELETE'))
    throw new UnknownToStandInError('what an update that only removes does to an item that is not there');
  const become = (item: Item | undefined): Item => updated(item ?? Key, update.tree, references);
  const is = become(was);
  table.put(key, is, (other) => (isMet(other, condition, references) ? become(other) : undefined));
  return returned(request, is);
}

function returned({ ReturnValues }: UpdateCommandInput, is: Item): { Attributes?: Item } {
  if (ReturnValues === 'ALL_NEW') return { Attributes: is };
  if (ReturnValues === undefined || ReturnValues === 'NONE') return {};
  throw new UnknownToStandInError(`ReturnValues ${ReturnValues}`);
}

function refuseKeys(actions: readonly Action[], table: MemoryTable, references: References): void {
  for (const { path } of actions) {
    const [first] = path.parts;
    const name = typeof first === 'string' ? references.nameOf(first) : attributeOf(path, references);
    if (table.keys.includes(name))
      throw invalid(`Cannot update attribute ${name}. This attribute is part of the key`);
  }
}
