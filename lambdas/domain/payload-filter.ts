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
/** DynamoDB stores at most 31 levels in an attribute. */
const maxFilterLevels = 16;

const tests = {
  equals: v.optional(Scalar),
  in: v.optional(v.pipe(v.array(Scalar), v.minLength(1), v.maxLength(100))),
  /** The value is an array with this element. */
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
  'a condition with a path, e.g. {"path": "customer.country", "equals": "NL"}, or all, any or not';

/** A path and its tests. One value at the path must meet all of them. */
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

/** Selects the payloads that an endpoint gets: a condition, or several under `all`, `any` or `not`. */
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
  /** Chosen by its key, so that an error is about the form that the caller meant. */
  const AnyFilter: v.GenericSchema<PayloadFilter> = v.lazy((input) => {
    const has = (key: string) => typeof input === 'object' && input !== null && key in input;
    if (has('all')) return All;
    if (has('any')) return Any;
    return has('not') ? Not : condition;
  });
  return v.pipe(
    // Checked before any recursive validation.
    v.lazy((input) => (isDeeperThan(input, maxFilterLevels) ? TooDeep : AnyFilter)),
    v.check((filter) => JSON.stringify(filter).length <= maxFilterBytes, `at most ${maxFilterBytes} bytes`),
  );
}

/** A filter as the API accepts it. */
export const PayloadFilter = filterOf(Condition);
/** A filter as the table has it and the API returns it. */
export const StoredFilter = filterOf(conditionAt(StoredPath));

/**
 * Whether a payload matches a filter.
 *
 * A missing field meets no condition but `exists: false`. A path with `*` matches if any element does. A payload that
 * cannot be decided within 10 000 array elements matches: a filter withholds nothing that it has not evaluated.
 *
 * @param data the published data
 */
export const matchesFilter = (filter: PayloadFilter, data: unknown): boolean =>
  evaluate(filter, data, { left: maxElements }) ?? true;

/** @returns undefined when the budget ran out before the result was known */
function evaluate(filter: PayloadFilter, data: unknown, budget: Budget): boolean | undefined {
  if ('all' in filter) return firstOf(false, filter.all, data, budget);
  if ('any' in filter) return firstOf(true, filter.any, data, budget);
  if ('not' in filter) return inverse(evaluate(filter.not, data, budget));
  return someAt(data, filter.path, (value) => meets(filter, value, budget), budget);
}

const inverse = (verdict: boolean | undefined): boolean | undefined =>
  verdict === undefined ? undefined : !verdict;

/** Returns `decisive` if one part has that result, else the opposite; undefined if a part is undecided. */
function firstOf(
  decisive: boolean,
  parts: readonly PayloadFilter[],
  data: unknown,
  budget: Budget,
): boolean | undefined {
  let isKnown = true;
  for (const part of parts) {
    const verdict = evaluate(part, data, budget);
    if (verdict === decisive) return decisive;
    if (verdict === undefined) isKnown = false;
  }
  return isKnown ? !decisive : undefined;
}

function meets(condition: Condition, value: unknown, budget: Budget): boolean | undefined {
  if (!meetsAtOnce(condition, value)) return false;
  if (condition.contains === undefined) return true;
  return (
    Array.isArray(value) && someElement(value, (element) => plain(element) === condition.contains, budget)
  );
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

/** A part of a filter that excludes a payload. Its place is e.g. `all.1`, or empty for the whole filter. */
export interface FailedPart {
  readonly place: string;
  /** The condition, or the `not` whose inner filter matches. */
  readonly part: PayloadFilter;
}

/** Finds the parts of a filter that exclude a payload; empty when it matches. */
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
