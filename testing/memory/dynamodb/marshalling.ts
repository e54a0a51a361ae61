import { invalid } from './errors.ts';
import type { Item, Value } from './values.ts';

/** What is stored already needs no other copy. */
const known = new WeakSet<object>();
/** The levels that DynamoDB takes below an attribute. */
const maxLevels = 31;
const smallest = 1e-130;

/**
 * An item as our client sends it: without what is undefined, frozen.
 *
 * @throws Error over what the client cannot send, ValidationException over what DynamoDB does not take
 */
export function storedItem(item: Readonly<Record<string, unknown>>): Item {
  return storedMap(item, maxLevels + 1);
}

/** A value as our client sends it. */
export const storedValue = (value: unknown): Value => stored(value, maxLevels);

function stored(value: unknown, levels: number): Value {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return storedNumber(value);
  if (typeof value !== 'object') throw new Error(`the client cannot send a ${typeof value}`);
  if (isKnown(value)) return value;
  const copy = storedObject(value, levels);
  known.add(copy);
  return copy;
}

const isKnown = (value: object): value is Item => known.has(value);

function storedObject(value: object, levels: number): Value & object {
  if (value instanceof Set) return storedSet(value);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (levels === 0) throw invalid(`Nesting Levels have exceeded supported limits: more than ${maxLevels}`);
  if (Array.isArray(value))
    return Object.freeze(value.filter(isSent).map((each) => stored(each, levels - 1)));
  if (isPlain(value)) return storedMap(value, levels);
  throw new Error(`the client cannot send an object of the class ${value.constructor.name}`);
}

const isSent = (value: unknown): boolean => value !== undefined && typeof value !== 'function';

const isPlain = (value: object): value is Readonly<Record<string, unknown>> =>
  value.constructor === Object || value.constructor === undefined;

function storedMap(map: Readonly<Record<string, unknown>>, levels: number): Item {
  const kept: Record<string, Value> = {};
  for (const name in map) {
    const value = map[name];
    if (!isSent(value)) continue;
    if (name === '') throw invalid('an attribute has an empty name');
    // A plain assignment would set the prototype.
    if (name === '__proto__') throw new Error('the tests have no attribute called __proto__');
    kept[name] = stored(value, levels - 1);
  }
  return Object.freeze(kept);
}

function storedNumber(value: number): number {
  if (!Number.isFinite(value)) throw new Error(`Special numeric value ${value} is not allowed`);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw new Error(`Number ${value} is greater than Number.MAX_SAFE_INTEGER.`);
  if (value !== 0 && Math.abs(value) < smallest)
    throw invalid(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  // DynamoDB has no negative zero.
  return value === 0 ? 0 : value;
}

function storedSet(set: ReadonlySet<unknown>): ReadonlySet<string> | ReadonlySet<number> {
  if (set.size === 0) throw new Error('Pass a non-empty set, or options.convertEmptyValues=true.');
  const members = [...set];
  const texts = members.filter((member) => typeof member === 'string');
  if (texts.length === members.length) return new Set(texts);
  const numbers = members.filter((member) => typeof member === 'number').map(storedNumber);
  if (numbers.length === members.length) return new Set(numbers);
  throw new Error('the stand-in has sets of texts or of numbers only');
}
