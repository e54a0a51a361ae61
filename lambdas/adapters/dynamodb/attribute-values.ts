/** A value on the wire: an object with one entry, e.g. `{ "S": "text" }`. Binary values are in base64. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  /** A text in what a response brings; bytes in the SDK's errors. */
  readonly B?: string | Uint8Array;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly (string | Uint8Array)[];
  readonly L?: readonly AttributeValue[];
  readonly M?: AttributeMap;
}

/** An item, a key, or the values of an expression on the wire. */
export interface AttributeMap {
  readonly [name: string]: AttributeValue;
}

/** A value that DynamoDB cannot store. */
class UnstorableValueError extends Error {
  override name = 'UnstorableValueError' as const;
}

/**
 * Converts plain values to DynamoDB's, as `@aws-sdk/lib-dynamodb` with `removeUndefinedValues` does: numbers must be exact, sets
 * have one type, and undefined values and functions are left out.
 *
 * @throws UnstorableValueError over a value of another class, an empty set, or a number that is not exact
 */
export function attributeMap(values: Readonly<Record<string, unknown>>): AttributeMap {
  const map: Record<string, AttributeValue> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined && typeof value !== 'function') setOwn(map, name, attributeValue(value));
  }
  return map;
}

/** Converts one value. @throws UnstorableValueError */
export function attributeValue(value: unknown): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return { N: exactNumber(value) };
    case 'boolean':
      return { BOOL: value };
    case 'bigint':
      return { N: value.toString() };
    case 'object':
      return value === null ? { NULL: true } : ofObject(value);
    default:
      throw new UnstorableValueError(`DynamoDB stores no ${typeof value}`);
  }
}

function ofObject(value: object): AttributeValue {
  if (Array.isArray(value)) return { L: value.filter(isStored).map(attributeValue) };
  if (value instanceof Uint8Array) return { B: base64(value) };
  if (value instanceof Set) return ofSet([...value].filter((member) => member !== undefined));
  if (value instanceof Map) return { M: attributeMap(Object.fromEntries(value)) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return { M: attributeMap({ ...value }) };
  throw new UnstorableValueError('DynamoDB stores plain objects only, not instances of classes');
}

function ofSet(members: readonly unknown[]): AttributeValue {
  const [first] = members;
  if (typeof first === 'string') return { SS: members.map(String) };
  if (typeof first === 'number' || typeof first === 'bigint') return { NS: members.map(setNumber) };
  if (first instanceof Uint8Array) return { BS: members.map(setBytes) };
  throw new UnstorableValueError('a set in DynamoDB has texts, numbers or bytes, and is not empty');
}

function setNumber(member: unknown): string {
  if (typeof member === 'number') return exactNumber(member);
  if (typeof member === 'bigint') return member.toString();
  throw new UnstorableValueError('a set in DynamoDB has members of one type');
}

function setBytes(member: unknown): string {
  if (member instanceof Uint8Array) return base64(member);
  throw new UnstorableValueError('a set in DynamoDB has members of one type');
}

function exactNumber(value: number): string {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value.toString();
  throw new UnstorableValueError(
    `DynamoDB stores numbers up to ±${Number.MAX_SAFE_INTEGER} exactly, not ${value}`,
  );
}

const isStored = (value: unknown): boolean => value !== undefined && typeof value !== 'function';
const base64 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** Converts DynamoDB's values to plain ones. A number that is not exact as a number becomes a bigint. */
export function plainValues(map: AttributeMap): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name in map) {
    const value = map[name];
    if (value !== undefined) setOwn(values, name, plainValue(value));
  }
  return values;
}

/** Converts one value of DynamoDB. @throws UnstorableValueError over a type that this version does not know */
function plainValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return plainNumber(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.M !== undefined) return plainValues(value.M);
  if (value.L !== undefined) return value.L.map(plainValue);
  if (value.NULL !== undefined) return null;
  if (value.B !== undefined) return bytesOf(value.B);
  return plainSet(value);
}

function plainSet({ SS, NS, BS, ...others }: AttributeValue): unknown {
  if (SS !== undefined) return new Set(SS);
  if (NS !== undefined) return new Set(NS.map(plainNumber));
  if (BS !== undefined) return new Set(BS.map(bytesOf));
  throw new UnstorableValueError(
    `DynamoDB returned a value of unknown type: ${Object.keys(others).join(', ')}`,
  );
}

function plainNumber(text: string): number | bigint {
  const number = Number(text);
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : BigInt(text);
}

const bytesOf = (value: string | Uint8Array): Uint8Array =>
  typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value;

/** Sets an entry also if its name is `__proto__`. */
function setOwn<Value>(map: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__')
    Object.defineProperty(map, name, { value, enumerable: true, writable: true, configurable: true });
  else map[name] = value;
}
