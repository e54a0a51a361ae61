import * as v from 'valibot';

/** Where a value is in a payload: names of fields, and `*` for each element of an array. */
export type PayloadPath = string | readonly string[];

const byStops = v.regex<string, string>(
  /^[^.]+(\.[^.]+)*$/,
  'names separated by full stops, e.g. customer.country',
);
const maxNames = 32;
/** For names that have full stops in them. */
const Names = v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(maxNames));

/** As the API takes it: most paths that begin with `data` come from the published message, where the payload is under that. */
export const StrictPath = v.union([
  v.pipe(
    v.string(),
    byStops,
    v.check(
      (path) => !path.startsWith('data.'),
      'a path inside data: write customer.id, not data.customer.id; a field that is itself named data is reached by a list, ["data", "customer"]',
    ),
    v.check(
      (path) => !/^[/$]|\[(\d*|\*)\]/.test(path),
      'names separated by full stops: write items.*.price or items.0.price, not $.items[*].price; other names go into a list, ["items[0]", "price"]',
    ),
  ),
  Names,
]);

/** As tables have it, from before that was said. */
export const StoredPath = v.union([v.pipe(v.string(), byStops), Names]);

/** What looking through a payload may still cost; shared by all conditions of a filter. */
export interface Budget {
  /** Array elements. */
  left: number;
}

/** Array elements that a filter looks at, in all. */
export const maxElements = 10_000;

/**
 * Finds the first value at a path that meets a test; a place without a value counts as undefined.
 *
 * Only own fields: a path cannot reach what every object inherits. `*` is each element of an array; of an object it is the
 * field of that name.
 *
 * @returns undefined when the budget was used up before one was found
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

/** Whether any element meets a test, as far as the budget lasts. */
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

/** A number that is kept digit by digit is an object until it is needed as a number. */
export function plain(value: unknown): unknown {
  const raw = typeof value === 'object' && value !== null ? Reflect.get(value, 'rawJSON') : undefined;
  return JSON.isRawJSON(value) && typeof raw === 'string' ? Number(raw) : value;
}
