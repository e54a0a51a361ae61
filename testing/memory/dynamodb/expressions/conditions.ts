import { invalid } from '../errors.ts';
import { compare, type Item, isEqual, isList, isMap, isSet, typeOf, type Value } from '../values.ts';
import type { Comparator, Condition, Operand } from './ast.ts';
import { type References, valueAt } from './references.ts';

/** Whether an item meets a condition. An attribute that is not there meets `<>` and no other comparison. */
export function meets(item: Item | undefined, condition: Condition, references: References): boolean {
  switch (condition.kind) {
    case 'and': {
      // Both sides are always looked at: a mistake on the right one shows, too.
      const left = meets(item, condition.left, references);
      return meets(item, condition.right, references) && left;
    }
    case 'or': {
      const left = meets(item, condition.left, references);
      return meets(item, condition.right, references) || left;
    }
    case 'not':
      return !meets(item, condition.of, references);
    case 'exists':
      return (valueAt(item, condition.path, references) !== undefined) === condition.is;
    default:
      return meetsTest(item, condition, references);
  }
}

type Test = Exclude<Condition, { kind: 'and' | 'or' | 'not' | 'exists' }>;

function meetsTest(item: Item | undefined, condition: Test, references: References): boolean {
  const valueIn = (operand: Operand) => operandValue(item, operand, references);
  switch (condition.kind) {
    case 'compare':
      checkOrdered(condition.by, [condition.left, condition.right], references);
      return isMet(condition.by, valueIn(condition.left), valueIn(condition.right));
    case 'between': {
      const { of, low, high } = condition;
      checkOrdered('<=', [of, low, high], references);
      checkBounds(valueIn(low), valueIn(high));
      return isMet('>=', valueIn(of), valueIn(low)) && isMet('<=', valueIn(of), valueIn(high));
    }
    case 'in':
      return condition.any.some((operand) => isMet('=', valueIn(condition.of), valueIn(operand)));
    case 'begins_with': {
      const [text, start] = [valueAt(item, condition.path, references), valueIn(condition.operand)];
      if (start !== undefined && typeof start !== 'string') throw invalid(`begins_with a ${typeOf(start)}`);
      return typeof text === 'string' && start !== undefined && text.startsWith(start);
    }
    case 'contains':
      return contains(valueAt(item, condition.path, references), valueIn(condition.operand));
  }
}

/** Only texts and numbers have an order. */
function checkOrdered(by: Comparator, operands: readonly Operand[], references: References): void {
  if (by === '=' || by === '<>') return;
  for (const operand of operands) {
    if (operand.kind !== 'value') continue;
    const type = typeOf(references.valueOf(operand.name));
    if (type !== 'S' && type !== 'N')
      throw invalid(`Incorrect operand type for operator ${by}, operand type: ${type}`);
  }
}

function checkBounds(low: Value | undefined, high: Value | undefined): void {
  if (low === undefined || high === undefined) return;
  const order = compare(low, high);
  if (order === undefined) throw invalid('The BETWEEN operator requires same data type for both bounds');
  if (order > 0)
    throw invalid('The BETWEEN operator requires upper bound to be greater than or equal to lower bound');
}

/** The value of an operand of a condition; undefined when the item has none. */
function operandValue(item: Item | undefined, operand: Operand, references: References): Value | undefined {
  switch (operand.kind) {
    case 'value':
      return references.valueOf(operand.name);
    case 'path':
      return valueAt(item, operand, references);
    case 'size':
      return sizeOf(valueAt(item, operand.path, references));
    default:
      throw invalid(`${operand.kind} in a condition`);
  }
}

function sizeOf(value: Value | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (isSet(value)) return value.size;
  if (isList(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : undefined;
}

function isMet(by: Comparator, left: Value | undefined, right: Value | undefined): boolean {
  if (left === undefined || right === undefined) return by === '<>';
  if (by === '=') return isEqual(left, right);
  if (by === '<>') return !isEqual(left, right);
  const order = compare(left, right);
  return order !== undefined && isInOrder(by, order);
}

function isInOrder(by: Comparator, order: number): boolean {
  switch (by) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function contains(whole: Value | undefined, part: Value | undefined): boolean {
  if (whole === undefined || part === undefined) return false;
  if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
  if (isSet(whole)) return [...whole].some((member) => member === part);
  return isList(whole) && whole.some((member) => isEqual(member, part));
}
