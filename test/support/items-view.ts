import { storedItem } from '../../testing/memory/dynamodb/marshalling.ts';
import type { MemoryTable } from '../../testing/memory/dynamodb/table.ts';
import type { Item } from '../../testing/memory/dynamodb/values.ts';

/** How tests see the items of a table. */
export interface Seen<T> {
  /** @returns undefined for an item of another kind */
  readonly parse: (item: Item) => T | undefined;
  /** The item of a value. @param was what is there under its key */
  readonly itemOf: (value: T, was: Item | undefined, key: string) => Readonly<Record<string, unknown>>;
  /** The table's key for the one by which tests know a value, if they differ. */
  readonly tableKey?: (key: string) => string;
  readonly testKey?: (key: string) => string;
}

/** The items of a table as tests read them, and change them past all conditions; parsed once for each write. */
export function itemsView<T extends object>(
  table: MemoryTable,
  { parse, itemOf, tableKey = (key) => key, testKey = (key) => key }: Seen<T>,
) {
  const known = new WeakMap<Item, T>();
  const seen = (item: Item | undefined): T | undefined => {
    if (item === undefined) return undefined;
    const value = known.get(item) ?? parse(item);
    if (value !== undefined) known.set(item, value);
    return value;
  };

  let last: { readonly writes: number; readonly entries: readonly [string, T][] } | undefined;
  function entries(): readonly [string, T][] {
    const writes = table.writes();
    if (last?.writes !== writes) last = { writes, entries: parsedEntries() };
    return last.entries;
  }
  const parsedEntries = (): [string, T][] =>
    [...table.items].flatMap(([key, item]): [string, T][] => {
      const value = seen(item);
      return value === undefined ? [] : [[testKey(key), value]];
    });

  const view = {
    get: (key: string): T | undefined => seen(table.get(tableKey(key))),
    has: (key: string): boolean => view.get(key) !== undefined,
    set(key: string, value: T): void {
      const place = tableKey(key);
      table.put(place, storedItem(itemOf(value, table.get(place), key)));
    },
    delete: (key: string): void => table.delete(tableKey(key)),
    clear(): void {
      for (const key of view.keys()) view.delete(key);
    },
    entries,
    keys: (): string[] => entries().map(([key]) => key),
    values: (): T[] => entries().map(([, value]) => value),
    get size(): number {
      return entries().length;
    },
    [Symbol.iterator]: () => entries()[Symbol.iterator](),
    /** A value as a write has just made it. */
    seen,
  };
  return view;
}
export type ItemsView<T extends object> = ReturnType<typeof itemsView<T>>;
