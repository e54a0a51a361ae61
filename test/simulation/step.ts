import type { Item } from '../../testing/memory/dynamodb/values.ts';

export type Rule = readonly [isBroken: boolean, promise: string];

/** A field of an argument; undefined when the argument is no object. */
export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

export const numberIn = (item: Item | undefined, name: string): number => Number(item?.[name] ?? 0);

/** What differs from the expected values; undefined says that the attribute must not be there. */
export const unlike = (
  what: string,
  is: Item | undefined,
  expected: Readonly<Record<string, unknown>>,
): readonly Rule[] =>
  Object.entries(expected).map(([name, value]) => [
    is?.[name] !== value,
    `${what} wrote another ${name} than it has to`,
  ]);

export const brokenOf = (rules: readonly Rule[]): readonly string[] =>
  rules.filter(([isBroken]) => isBroken).map(([, promise]) => promise);
