import type { TableIndex } from './index-of-table.ts';
import type { ItemWrite, MemoryTable } from './table.ts';
import type { Item } from './values.ts';

/** What reads see that need not be consistent. */
export interface ReadView {
  get(table: MemoryTable, key: string): Item | undefined;
  items(table: MemoryTable): ReadonlyMap<string, Item>;
  of(table: MemoryTable, index: TableIndex, partition: string): ReadonlyMap<string, Item>;
}

/** Each read sees all that is written. */
export const freshReads: ReadView = {
  get: (table, key) => table.get(key),
  items: (table) => table.items,
  of: (_table, index, partition) => index.of(partition),
};

/** For how long a read may see an item as it was, unless a test says otherwise. */
const usualLagMs = 1000;

/**
 * Reads that may see items as they were before the writes of the last `lagMs`.
 *
 * @param isLate decides for each item of each read
 */
export function staleReads(now: () => number, isLate: () => boolean, lagMs = usualLagMs) {
  /** Of each item, what its writes within the lag replaced, the earliest first. */
  const written = new Map<string, { readonly was: Item | undefined; readonly at: number }[]>();
  const placeOf = (table: string, key: string) => `${table}/${key}`;

  /** The version before the writes within the lag, if this read sees it. */
  function former(table: MemoryTable, key: string): { readonly was: Item | undefined } | undefined {
    const write = written.get(placeOf(table.name, key))?.find(({ at }) => now() - at < lagMs);
    return write !== undefined && isLate() ? write : undefined;
  }

  function seen(
    table: MemoryTable,
    current: ReadonlyMap<string, Item>,
    isIn: (item: Item | undefined) => boolean,
  ): ReadonlyMap<string, Item> {
    const items = new Map(current);
    const places = [...written.keys()].filter((place) => place.startsWith(`${table.name}/`));
    for (const key of places.map((place) => place.slice(table.name.length + 1))) {
      const late = former(table, key);
      if (late === undefined) continue;
      if (late.was !== undefined && isIn(late.was)) items.set(key, late.was);
      else items.delete(key);
    }
    return items;
  }

  const view: ReadView = {
    get(table, key) {
      const late = former(table, key);
      return late === undefined ? table.get(key) : late.was;
    },
    items: (table) => seen(table, table.items, (item) => item !== undefined),
    of: (table, index, partition) => seen(table, index.of(partition), (item) => index.isIn(item, partition)),
  };
  return {
    view,
    /** Remembers what a write replaced. */
    note(key: string, { table, was }: ItemWrite): void {
      const place = placeOf(table, key);
      const recent = (written.get(place) ?? []).filter(({ at }) => now() - at < lagMs);
      written.set(place, [...recent, { was, at: now() }]);
    },
  };
}
