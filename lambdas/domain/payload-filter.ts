import * as v from 'valibot';
import { isDeeperThan } from './nesting.ts';
import {
  type Budget,
  maxElements,
  type PayloadPath,
  plain,
  StoredPath,
  StrictPath,
  someAt,
  someElement,
} from './payload-path.ts';
import { StorableNumber } from './storable.ts';

/** A value that a condition compares with. */
const Scalar = v.union([v.string(), StorableNumber, v.boolean(), v.null()]);
type Scalar = v.InferOutput<typeof Scalar>;

const maxFilterBytes = 4096;
/** DynamoDB keeps a field of 31 levels, and refuses a deeper one. */
const maxFilterLevels = 16;

const tests = {
  equals: v.optional(Scalar),
  in: v.optional(v.pipe(v.array(Scalar), v.minLength(1), v.maxLength(100))),
  /** The value is an array that has this in it. */
  contains: v.optional(Scalar),
  exists: v.optional(v.boolean()),
  prefix: v.optional(v.string()),
  suffix: v.optional(v.string()),
  gt: v.optional(StorableNumber),
  gte: v.optional(StorableNumber),
  lt: v.optional(StorableNumber),
  lte: v.optional(StorableNumber),
};

const testNames = Object.keys(tests).join(', ');
const conditionRule =
  'a condition with a path, as {"path": "customer.country", "equals": "NL"}, or all, any or not';

/** A field of the payload, and what has to be true of it; of several tests all, of one and the same value. */
const conditionAt = <Path extends v.GenericSchema<PayloadPath>>(path: Path) =>
  v.pipe(
    v.strictObject({ path, ...tests }, ({ expected }) =>
      expected === 'never' ? `path, ${testNames}` : conditionRule,
    ),
    v.check(
      ({ path: _, ...given }) => Object.values(given).some((test) => test !== undefined),
      `at least one of ${testNames}`,
    ),
  );

export const Condition = conditionAt(StrictPath);
type Tests = { readonly [Name in keyof typeof tests]?: v.InferOutput<(typeof tests)[Name]> };
export type Condition = Tests & { readonly path: PayloadPath };

/** Which payloads an endpoint wants: a condition, or several under `all`, `any` or `not`. */
export type PayloadFilter =
  | Condition
  | { readonly all: readonly PayloadFilter[] }
  | { readonly any: readonly PayloadFilter[] }
  | { readonly not: PayloadFilter };

const TooDeep = v.never(`at most ${maxFilterLevels} levels of objects and lists deep`);

function filterOf(condition: v.GenericSchema<Condition>) {
  const Nested: v.GenericSchema<PayloadFilter> = v.lazy(() => AnyFilter);
  const Several = v.pipe(v.array(Nested), v.minLength(1), v.maxLength(50));
  const All = v.strictObject({ all: Several });
  const Any = v.strictObject({ any: Several });
  const Not = v.strictObject({ not: Nested });
  /** By its first key, so that an error speaks of what was meant. */
  const AnyFilter: v.GenericSchema<PayloadFilter> = v.lazy((input) => {
    const has = (key: string) => typeof input === 'object' && input !== null && key in input;
    if (has('all')) return All;
    if (has('any')) return Any;
    return has('not') ? Not : condition;
  });
  return v.pipe(
    // Before anything goes down into it.
    v.lazy((input) => (isDeeperThan(input, maxFilterLevels) ? TooDeep : AnyFilter)),
    v.check((filter) => JSON.stringify(filter).length <= maxFilterBytes, `at most ${maxFilterBytes} bytes`),
  );
}

/** As the API takes it. */
export const PayloadFilter = filterOf(Condition);
/** As tables have it, and the API answers it. */
export const StoredFilter = filterOf(conditionAt(StoredPath));

/**
 * Whether an endpoint wants a payload.
 *
 * A field that is not there meets no condition but `exists: false`; one with `*` in its path holds if any element meets it.
 * What cannot be told within 10 000 array elements is wanted: a filter holds nothing back that it has not looked at.
 *
 * @param data as published
 */
export const matchesFilter = (filter: PayloadFilter, data: unknown): boolean =>
  verdictOf(filter, data, { left: maxElements }) ?? true;

/** @returns undefined when the budget was used up before it could be told */
function verdictOf(filter: PayloadFilter, data: unknown, budget: Budget): boolean | undefined {
  if ('all' in filter) return firstOf(false, filter.all, data, budget);
  if ('any' in filter) return firstOf(true, filter.any, data, budget);
  if ('not' in filter) return inverse(verdictOf(filter.not, data, budget));
  return someAt(data, filter.path, (value) => meets(filter, value, budget), budget);
}

const inverse = (verdict: boolean | undefined): boolean | undefined =>
  verdict === undefined ? undefined : !verdict;

/** The verdict that one part decides alone, else the other one; parts that cannot be told leave it open. */
function firstOf(
  decisive: boolean,
  parts: readonly PayloadFilter[],
  data: unknown,
  budget: Budget,
): boolean | undefined {
  let isKnown = true;
  for (const part of parts) {
    const verdict = verdictOf(part, data, budget);
    if (verdict === decisive) return decisive;
    if (verdict === undefined) isKnown = false;
  }
  return isKnown ? !decisive : undefined;
}

function meets(condition: Condition, value: unknown, budget: Budget): boolean | undefined {
  if (!meetsAtOnce(condition, value)) return false;
  if (condition.contains === undefined) return true;
  return Array.isArray(value) && someElement(value, (one) => plain(one) === condition.contains, budget);
}

function meetsAtOnce(condition: Condition, value: unknown): boolean {
  const { equals, prefix, suffix, exists, gt, gte, lt, lte } = condition;
  const isAmong = (values: readonly Scalar[]) => values.some((wanted) => wanted === value);
  const compares = (limit: number | undefined, test: (value: number, limit: number) => boolean) =>
    limit === undefined || (typeof value === 'number' && test(value, limit));
  const isText = (part: string | undefined, test: (value: string, part: string) => boolean) =>
    part === undefined || (typeof value === 'string' && test(value, part));
  return (
    (exists === undefined || exists === (value !== undefined)) &&
    (equals === undefined || isAmong([equals])) &&
    (condition.in === undefined || isAmong(condition.in)) &&
    isText(prefix, (text, part) => text.startsWith(part)) &&
    isText(suffix, (text, part) => text.endsWith(part)) &&
    compares(gt, (a, b) => a > b) &&
    compares(gte, (a, b) => a >= b) &&
    compares(lt, (a, b) => a < b) &&
    compares(lte, (a, b) => a <= b)
  );
}

/** Why a filter refuses a payload: the parts that do, by their places, e.g. `all.1`; empty for the whole filter. */
export interface FailedPart {
  readonly place: string;
  /** The condition, or the `not` whose inside is met. */
  readonly part: PayloadFilter;
}

/** The parts of a filter that keep a payload out; none if it is wanted. */
export function failedParts(
  filter: PayloadFilter,
  data: unknown,
  place: readonly string[] = [],
): FailedPart[] {
  if (matchesFilter(filter, data)) return [];
  const of = (name: string, parts: readonly PayloadFilter[]) =>
    parts.flatMap((part, index) => failedParts(part, data, [...place, name, String(index)]));
  if ('all' in filter) return of('all', filter.all);
  if ('any' in filter) return of('any', filter.any);
  return [{ place: place.join('.'), part: filter }];
}
