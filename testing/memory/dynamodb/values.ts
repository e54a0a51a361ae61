import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A stored value, as the document client has it. Everything stored is frozen, so it is handed out without a copy. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | ReadonlySet<string>
  | ReadonlySet<number>
  | readonly Value[]
  | Item;

/** A stored item, or a map within it. */
export interface Item {
  readonly [name: string]: Value;
}

export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'L' | 'M';

/** The type of a value by DynamoDB's name. */
export function typeOf(value: Value): ValueType {
  if (typeof value === 'string') return 'S';
  if (typeof value === 'number') return 'N';
  if (typeof value === 'boolean') return 'BOOL';
  if (value === null) return 'NULL';
  if (value instanceof Set)
    return value.values().next().value === undefined || isOfTexts(value) ? 'SS' : 'NS';
  if (isBinary(value)) return 'B';
  return Array.isArray(value) ? 'L' : 'M';
}

const isOfTexts = (set: ReadonlySet<unknown>): boolean => typeof set.values().next().value === 'string';

export const isSet = (value: Value): value is ReadonlySet<string> | ReadonlySet<number> =>
  value instanceof Set;
const isBinary = (value: Value): value is Uint8Array => value instanceof Uint8Array;
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isMap = (value: Value): value is Item => typeOf(value) === 'M';

/** Whether two values are the same in type and content. */
export function isEqual(one: Value, other: Value): boolean {
  if (one === other) return true;
  const type = typeOf(one);
  if (type !== typeOf(other)) return false;
  if (isSet(one) && isSet(other)) return hasSameMembers(one, other);
  if (isBinary(one) && isBinary(other)) return Buffer.compare(one, other) === 0;
  if (isList(one) && isList(other))
    return one.length === other.length && one.every((value, at) => isSame(value, other[at]));
  if (isMap(one) && isMap(other)) {
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length && names.every((name) => isSame(one[name], other[name]))
    );
  }
  return false;
}

function hasSameMembers(one: ReadonlySet<unknown>, other: ReadonlySet<unknown>): boolean {
  return one.size === other.size && [...one].every((member) => other.has(member));
}

const isSame = (one: Value | undefined, other: Value | undefined): boolean =>
  one !== undefined && other !== undefined && isEqual(one, other);

/** Below 0, 0 or above 0 as in `sort`; undefined for values that have no order, as those of two types. */
export function compare(one: Value, other: Value): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') return compareTexts(one, other);
  return undefined;
}

const hasSurrogate = /[\ud800-\udfff]/;

/** By their bytes in UTF-8. JavaScript compares UTF-16 units, which differs only for surrogates. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  if (hasSurrogate.test(one) || hasSurrogate.test(other))
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : 1;
}

/** An item as the low-level client has it: the document client converts only what succeeds. */
export function attributeValues(item: Item): Record<string, AttributeValue> {
  const known = converted.get(item);
  if (known !== undefined) return known;
  const values: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(item)) values[name] = attributeValue(value);
  converted.set(item, values);
  return values;
}

const converted = new WeakMap<Item, Record<string, AttributeValue>>();

function attributeValue(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (isBinary(value)) return { B: value };
  if (isSet(value))
    return isOfTexts(value) ? { SS: [...value].map(String) } : { NS: [...value].map((each) => String(each)) };
  return isList(value) ? { L: value.map(attributeValue) } : { M: isMap(value) ? attributeValues(value) : {} };
}

/**
 * The size of a value as DynamoDB counts it, in bytes: texts and names in UTF-8, a number about a byte for two digits,
 * three bytes for a list or map and one for each entry.
 */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return sizeOfNumber(value);
  if (typeof value === 'boolean' || value === null) return 1;
  if (isBinary(value)) return value.byteLength;
  if (isSet(value)) return sum([...value].map(sizeOf));
  if (isList(value)) return 3 + sum(value.map((each) => 1 + sizeOf(each)));
  return isMap(value) ? 3 + Object.keys(value).length + sizeOfItem(value) : 0;
}

export function sizeOfItem(item: Item): number {
  const known = sizes.get(item);
  if (known !== undefined) return known;
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += name.length + sizeOf(value);
  sizes.set(item, bytes);
  return bytes;
}

const sizes = new WeakMap<Item, number>();

const sizeOfNumber = (value: number): number => Math.ceil(String(value).length / 2) + 1;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
