import * as v from 'valibot';
import { isDeeperThan } from './nesting.ts';
import { StorableNumber } from './storable.ts';

/** A value that a condition compares with. */
const Scalar = v.union([v.string(), StorableNumber, v.boolean(), v.null()]);
type Scalar = v.InferOutput<typeof Scalar>;

const maxFilterBytes = 4096;
/** DynamoDB keeps a field of 31 levels, and refuses a deeper one. */
const maxFilterLevels = 16;

/** A field of the payload, and what has to be true of it; of several tests all. */
export const Condition = v.pipe(
  v.strictObject({
    /** Names of the fields on the way, separated by full stops; a number is a place in an array. */
    path: v.pipe(
      v.string(),
      v.regex(/^[^.]+(\.[^.]+)*$/, 'names separated by full stops, e.g. customer.country'),
    ),
    equals: v.optional(Scalar),
    in: v.optional(v.pipe(v.array(Scalar), v.minLength(1), v.maxLength(100))),
    exists: v.optional(v.boolean()),
    prefix: v.optional(v.string()),
    gt: v.optional(StorableNumber),
    gte: v.optional(StorableNumber),
    lt: v.optional(StorableNumber),
    lte: v.optional(StorableNumber),
  }),
  v.check(
    ({ path: _, ...tests }) => Object.values(tests).some((test) => test !== undefined),
    'at least one of equals, in, exists, prefix, gt, gte, lt, lte',
  ),
);
type Condition = v.InferOutput<typeof Condition>;

/** Which payloads an endpoint wants: a condition, or several under `all`, `any` or `not`. */
export type PayloadFilter =
  | Condition
  | { readonly all: readonly PayloadFilter[] }
  | { readonly any: readonly PayloadFilter[] }
  | { readonly not: PayloadFilter };

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
  return has('not') ? Not : Condition;
});

const TooDeep = v.never(`at most ${maxFilterLevels} levels of objects and lists deep`);

export const PayloadFilter = v.pipe(
  // Before anything goes down into it.
  v.lazy((input) => (isDeeperThan(input, maxFilterLevels) ? TooDeep : AnyFilter)),
  v.check((filter) => JSON.stringify(filter).length <= maxFilterBytes, `at most ${maxFilterBytes} bytes`),
);

/**
 * Whether an endpoint wants a payload.
 *
 * A field that is not there meets no condition but `exists: false`.
 *
 * @param data as published
 */
export function matchesFilter(filter: PayloadFilter, data: unknown): boolean {
  if ('all' in filter) return filter.all.every((part) => matchesFilter(part, data));
  if ('any' in filter) return filter.any.some((part) => matchesFilter(part, data));
  if ('not' in filter) return !matchesFilter(filter.not, data);
  return meets(filter, plain(valueAt(data, filter.path)));
}

function meets(condition: Condition, value: unknown): boolean {
  const { equals, prefix, exists, gt, gte, lt, lte } = condition;
  const isAmong = (values: readonly Scalar[]) => values.some((wanted) => wanted === value);
  const compares = (limit: number | undefined, test: (value: number, limit: number) => boolean) =>
    limit === undefined || (typeof value === 'number' && test(value, limit));
  return (
    (exists === undefined || exists === (value !== undefined)) &&
    (equals === undefined || isAmong([equals])) &&
    (condition.in === undefined || isAmong(condition.in)) &&
    (prefix === undefined || (typeof value === 'string' && value.startsWith(prefix))) &&
    compares(gt, (a, b) => a > b) &&
    compares(gte, (a, b) => a >= b) &&
    compares(lt, (a, b) => a < b) &&
    compares(lte, (a, b) => a <= b)
  );
}

/** Only own fields: a path cannot reach what every object inherits. */
const valueAt = (data: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined,
      data,
    );

/** A number that is kept digit by digit is an object until it is needed as a number. */
function plain(value: unknown): unknown {
  const raw = typeof value === 'object' && value !== null ? Reflect.get(value, 'rawJSON') : undefined;
  return JSON.isRawJSON(value) && typeof raw === 'string' ? Number(raw) : value;
}
