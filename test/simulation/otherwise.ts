import type { Item, Value } from '../../testing/memory/dynamodb/values.ts';
import type { Step } from '../crash/port-call.ts';
import { brokenOf, type Rule } from './step.ts';

/** Values that an attribute could have had instead; undefined: it was not there. */
export type Others = (was: Item, step: Step) => Readonly<Record<string, readonly (Value | undefined)[]>>;

/**
 * The rules that the request of a write breaks on an item that differs in one attribute. In most runs several conditions
 * refuse a write together, so each has to refuse one by itself.
 *
 * @param together several attributes that change at once, instead
 */
export function brokenOtherwise(
  step: Step,
  others: Others,
  rulesOf: (step: Step) => readonly Rule[],
  together: readonly Item[] = [],
): readonly string[] {
  const { would, was } = step;
  if (would === undefined) return [];
  const wholes = was === undefined ? [] : together.map((changes) => ({ ...was, ...changes }));
  const broken = [...variantsOf(was, others, step), ...wholes].flatMap((other) => {
    const is = would(other);
    return is === undefined ? [] : brokenOf(rulesOf({ ...step, was: other, is }));
  });
  return broken.map((promise) => `a write does not refuse what it has to: ${promise}`);
}

/** The item with one attribute changed, and no item; where there was none, what was written. */
function variantsOf(was: Item | undefined, others: Others, step: Step): readonly (Item | undefined)[] {
  if (was === undefined) return [step.is];
  const changed = Object.entries(others(was, step)).flatMap(([name, values]) =>
    values.filter((value) => value !== was[name]).map((value) => without({ ...was, [name]: value })),
  );
  return [...changed, undefined];
}

const without = (item: Readonly<Record<string, Value | undefined>>): Item => {
  const there: Record<string, Value> = {};
  for (const [name, value] of Object.entries(item)) if (value !== undefined) there[name] = value;
  return there;
};
