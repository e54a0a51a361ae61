import { invalid, UnknownToStandInError } from '../errors.ts';
import { storedItem } from '../marshalling.ts';
import { type Item, isList, isMap, isSet, typeOf, type Value } from '../values.ts';
import type { Action, Operand, Path } from './ast.ts';
import { type References, valueAt } from './references.ts';

type Draft = Record<string, Value>;

/**
 * The item after an update. Everything on a right-hand side is read from the item as it was.
 *
 * @param item without it the update begins with the key alone
 */
export function updated(item: Item, actions: readonly Action[], references: References): Item {
  const draft: Draft = { ...item };
  for (const action of actions) apply(draft, item, action, references);
  return storedItem(draft);
}

function apply(draft: Draft, was: Item, action: Action, references: References): void {
  switch (action.kind) {
    case 'SET':
      setAt(draft, action.path, assignedValue(was, action.operand, references), references);
      break;
    case 'REMOVE':
      removeAt(draft, action.path, references);
      break;
    case 'ADD':
    case 'DELETE': {
      const { path, operand } = action;
      const before = valueAt(was, path, references);
      const by = assignedValue(was, operand, references);
      const after = action.kind === 'ADD' ? added(before, by) : without(before, by);
      if (after === undefined) removeAt(draft, path, references);
      else setAt(draft, path, after, references);
    }
  }
}

function assignedValue(was: Item, operand: Operand, references: References): Value {
  switch (operand.kind) {
    case 'value':
      return references.valueOf(operand.name);
    case 'path': {
      const value = valueAt(was, operand, references);
      if (value === undefined)
        throw invalid('The provided expression refers to an attribute that does not exist in the item');
      return value;
    }
    case 'if_not_exists': {
      const value = valueAt(was, operand.path, references);
      return value === undefined ? assignedValue(was, operand.otherwise, references) : value;
    }
    case 'list_append': {
      const first = assignedValue(was, operand.first, references);
      const second = assignedValue(was, operand.second, references);
      if (!isList(first) || !isList(second))
        throw invalid(`list_append of a ${typeOf(first)} and a ${typeOf(second)}`);
      return [...first, ...second];
    }
    case 'sum': {
      const left = assignedValue(was, operand.left, references);
      const right = assignedValue(was, operand.right, references);
      if (typeof left !== 'number' || typeof right !== 'number')
        throw invalid(`An operand in the update expression has an incorrect data type: ${typeOf(left)}`);
      return left + operand.sign * right;
    }
    case 'size':
      throw invalid('size in an update');
  }
}

const [noParent, unknownNesting] = [
  () => invalid('The document path provided in the update expression is invalid for update'),
  () => new UnknownToStandInError('updates more than one level deep'),
];

function setAt(draft: Draft, { parts }: Path, value: Value, { nameOf }: References): void {
  const [first, second, ...deeper] = parts;
  if (typeof first !== 'string' || deeper.length > 0) throw unknownNesting();
  const name = nameOf(first);
  if (second === undefined) {
    draft[name] = value;
    return;
  }
  const map = Object.hasOwn(draft, name) ? draft[name] : undefined;
  if (typeof second !== 'string') throw unknownNesting();
  if (map === undefined || !isMap(map)) throw noParent();
  draft[name] = { ...map, [nameOf(second)]: value };
}

function removeAt(draft: Draft, { parts }: Path, { nameOf }: References): void {
  const [first, second, ...deeper] = parts;
  if (typeof first !== 'string' || typeof second === 'number' || deeper.length > 0) throw unknownNesting();
  const name = nameOf(first);
  if (second === undefined) {
    Reflect.deleteProperty(draft, name);
    return;
  }
  const map = Object.hasOwn(draft, name) ? draft[name] : undefined;
  if (map === undefined || !isMap(map)) throw noParent();
  const { [nameOf(second)]: _, ...rest } = map;
  draft[name] = rest;
}

function added(before: Value | undefined, by: Value): Value {
  if (typeof by === 'number' && (before === undefined || typeof before === 'number'))
    return (before ?? 0) + by;
  if (isSet(by) && (before === undefined || typeOf(before) === typeOf(by)))
    return before !== undefined && isSet(before) ? joined([...before, ...by]) : by;
  throw invalid(`ADD of a ${typeOf(by)}`);
}

/** Of a set what is left, if anything is. */
function without(before: Value | undefined, by: Value): Value | undefined {
  if (!isSet(by)) throw invalid(`DELETE of a ${typeOf(by)}`);
  if (before === undefined) return undefined;
  if (!isSet(before) || typeOf(before) !== typeOf(by)) throw invalid(`DELETE from a ${typeOf(before)}`);
  const gone = new Set<string | number>(by);
  const left = [...before].filter((member) => !gone.has(member));
  return left.length === 0 ? undefined : joined(left);
}

function joined(members: readonly (string | number)[]): ReadonlySet<string> | ReadonlySet<number> {
  const texts = members.filter((member) => typeof member === 'string');
  return texts.length > 0 ? new Set(texts) : new Set(members.filter((member) => typeof member === 'number'));
}
