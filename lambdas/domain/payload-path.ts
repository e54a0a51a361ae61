import * as v from 'valibot';

/** The place of a value in a payload: names of fields, and `*` for each element of an array. */
export type PayloadPath = string | readonly string[];

const byStops = v.regex<string, string>(
  /^[^.]+(\.[^.]+)*$/,
  'names separated by full stops, e.g. customer.country',
);
const maxNames = 32;
/** A list, for names that contain full stops. */
const Names = v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(maxNames));

/**
 * A path as the API accepts it. One that begins with `data` is usually a mistake: the payload is inside `data` already.
 */
export const StrictPath = v.union([
  v.pipe(
    v.string(),
    byStops,
    v.check(
      (path) => !path.startsWith('data.'),
      'a path inside data: write customer.id, not data.customer.id; for a field that is itself named data, write a list, ["data", "customer"]',
    ),
    v.check(
      (path) => !/^[/$]|\[(\d*|\*)\]/.test(path),
      'names separated by full stops: write items.*.price or items.0.price, not $.items[*].price; for other names, write a list, ["items[0]", "price"]',
    ),
  ),
  Names,
]);

/** A path as the table may have it, from before the stricter rules. */
export const StoredPath = v.union([v.pipe(v.string(), byStops), Names]);

/** The remaining work of evaluating a filter, shared by all its conditions. */
export interface Budget {
  /** The array elements that may still be read. */
  left: number;
}

/** The most array elements that one filter reads. */
export const maxElements = 10_000;

/**
 * Whether any value at a path meets a test; a missing value counts as undefined.
 *
 * Reads own fields only, so a path cannot reach inherited ones. `*` stands for each element of an array; in an object
 * it is the field of that name.
 *
 * @returns undefined when the budget ran out before a value met the test
 */
export function someAt(
  data: unknown,
  path: PayloadPath,
  meets: (value: unknown) => boolean | undefined,
  budget: Budget,
): boolean | undefined {
  return walk(data, typeof path === 'string' ? path.split('.') : path, 0, meets, budget);
}

function walk(
  at: unknown,
  names: readonly string[],
  depth: number,
  meets: (value: unknown) => boolean | undefined,
  budget: Budget,
): boolean | undefined {
  const name = names[depth];
  if (name === undefined) return meets(plain(at));
  if (name !== '*' || !Array.isArray(at)) return walk(fieldOf(at, name), names, depth + 1, meets, budget);
  if (at.length === 0) return meets(undefined);
  return someElement(at, (element) => walk(element, names, depth + 1, meets, budget), budget);
}

/** Whether any element meets a test. @returns undefined when the budget ran out first */
export function someElement(
  elements: readonly unknown[],
  meets: (element: unknown) => boolean | undefined,
  budget: Budget,
): boolean | undefined {
  let isKnown = true;
  for (const element of elements) {
    if (budget.left <= 0) return undefined;
    budget.left--;
    const met = meets(element);
    if (met) return true;
    if (met === undefined) isKnown = false;
  }
  return isKnown ? false : undefined;
}

const fieldOf = (at: unknown, name: string): unknown =>
  typeof at === 'object' && at !== null && !JSON.isRawJSON(at) && Object.hasOwn(at, name)
    ? Reflect.get(at, name)
    : undefined;

/** Converts a number from `parseExactly`, which is an object, into a plain number. */
export function plain(value: unknown): unknown {
  const raw = typeof value === 'object' && value !== null ? Reflect.get(value, 'rawJSON') : undefined;
  return JSON.isRawJSON(value) && typeof raw === 'string' ? Number(raw) : value;
}
