import { invalid } from '../errors.ts';
import { storedValue } from '../marshalling.ts';
import type { Item, Value } from '../values.ts';
import { isList, isMap } from '../values.ts';
import type { Parsed, Path } from './ast.ts';

/** What the placeholders of a request stand for. */
export interface References {
  nameOf(part: string): string;
  valueOf(name: string): Value;
}

/** The parts of a request that declare placeholders. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

/**
 * Resolves placeholders.
 *
 * @throws ValidationException over a placeholder that is not declared, or declared and not used
 */
export function referencesOf(request: Placeholders, parsed: readonly Parsed<unknown>[]): References {
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: given } = request;
  const values = valuesOf(given);
  checkUse('ExpressionAttributeNames', names, parsed);
  checkUse('ExpressionAttributeValues', values, parsed);
  return {
    nameOf: (part) => (part.startsWith('#') ? (names?.[part] ?? part) : part),
    valueOf(name) {
      const value = values?.[name];
      if (value === undefined) throw invalid(`An expression attribute value used is not defined: ${name}`);
      return value;
    },
  };
}

function valuesOf(given: Placeholders['ExpressionAttributeValues']): Record<string, Value> | undefined {
  if (given === undefined) return undefined;
  const values: Record<string, Value> = {};
  for (const name in given) if (given[name] !== undefined) values[name] = storedValue(given[name]);
  return values;
}

function checkUse(
  what: keyof Placeholders,
  given: Readonly<Record<string, unknown>> = none,
  parsed: readonly Parsed<unknown>[],
): void {
  const kind = what === 'ExpressionAttributeNames' ? 'names' : 'values';
  for (const expression of parsed)
    for (const name of expression[kind])
      if (!Object.hasOwn(given, name))
        throw invalid(`An expression uses what ${what} does not define: ${name}`);
  let count = 0;
  for (const name in given) {
    count++;
    if (!parsed.some((expression) => expression[kind].has(name)))
      throw invalid(`Value provided in ${what} unused in expressions: keys: {${name}}`);
  }
  if (count === 0 && given !== none) throw invalid(`${what} must not be empty`);
}

const none: Readonly<Record<string, unknown>> = {};

/** The value at a path; undefined when there is none. */
export function valueAt(item: Item | undefined, path: Path, { nameOf }: References): Value | undefined {
  let value: Value | undefined = item;
  for (const part of path.parts) {
    if (value === undefined) return undefined;
    if (typeof part === 'number') value = isList(value) ? value[part] : undefined;
    else value = isMap(value) ? ownValue(value, nameOf(part)) : undefined;
  }
  return value;
}

const ownValue = (map: Item, name: string): Value | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined;

/** The attribute that a path of one part names. */
export function attributeOf({ parts }: Path, { nameOf }: References): string {
  const [first, ...more] = parts;
  if (typeof first !== 'string' || more.length > 0) throw invalid(`a key is no path: ${parts.join('.')}`);
  return nameOf(first);
}
