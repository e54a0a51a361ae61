import { invalid } from './errors.ts';
import type { TableShape } from './table-shape.ts';
import { compare, compareTexts, type Item, typeOf, type Value } from './values.ts';

type IndexShape = NonNullable<TableShape['indexes']>[number];

/**
 * An index, or a table by its own key: items by partition.
 *
 * It is sparse: an item without one of its keys is not in it. One with a key of the wrong type is refused.
 */
export function tableIndex(
  { name, partitionKey, sortKey, sortType }: IndexShape,
  tableKeys: readonly string[],
) {
  const partitions = new Map<string, Map<string, Item>>();
  const types: Readonly<Record<string, 'S' | 'N'>> = {
    ...Object.fromEntries(tableKeys.map((key) => [key, 'S' as const])),
    [partitionKey]: 'S',
    [sortKey]: sortType === 'string' ? 'S' : 'N',
  };

  const typed = Object.entries(types);

  /** The partition that an item is in; undefined when it is in none. */
  function partitionOf(item: Item | undefined): string | undefined {
    const partition = item?.[partitionKey];
    return typeof partition === 'string' && item?.[sortKey] !== undefined ? partition : undefined;
  }

  function remove(partition: string, key: string): void {
    const items = partitions.get(partition);
    items?.delete(key);
    if (items?.size === 0) partitions.delete(partition);
  }

  return {
    name,
    partitionKey,
    sortKey,
    types,

    check(item: Item): void {
      for (const [key, type] of typed) checkKey(name, key, item[key], type);
    },

    replace(key: string, was: Item | undefined, is: Item | undefined): void {
      const [from, to] = [partitionOf(was), partitionOf(is)];
      if (from !== undefined && from !== to) remove(from, key);
      if (to === undefined || is === undefined) return;
      const items = partitions.get(to) ?? new Map<string, Item>();
      partitions.set(to, items.set(key, is));
    },

    isIn: (item: Item | undefined, partition: string): boolean => partitionOf(item) === partition,
    /** The items of a partition by their keys, in no order. */
    of: (partition: string): ReadonlyMap<string, Item> => partitions.get(partition) ?? new Map(),
    /** Of equal sort keys, DynamoDB promises no order: it is that of the table's keys here. */
    order: (one: Item, other: Item): number =>
      orderOf(one[sortKey], other[sortKey]) || orderByKeys(one, other, tableKeys),
    /** What the index holds of an item: its keys. */
    keysOf: (item: Item): Record<string, Value> => picked(item, Object.keys(types)),
  };
}
export type TableIndex = ReturnType<typeof tableIndex>;

function checkKey(index: string, key: string, value: Value | undefined, type: 'S' | 'N'): void {
  if (value === undefined) return;
  if (typeOf(value) !== type)
    throw invalid(
      `Type mismatch for Index Key ${key} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index}`,
    );
  if (value === '') throw invalid(`The key ${key} of the index ${index} is an empty text`);
}

const orderOf = (one: Value | undefined, other: Value | undefined): number =>
  one === undefined || other === undefined ? 0 : (compare(one, other) ?? 0);

function orderByKeys(one: Item, other: Item, keys: readonly string[]): number {
  for (const key of keys) {
    const order = compareTexts(String(one[key]), String(other[key]));
    if (order !== 0) return order;
  }
  return 0;
}

function picked(item: Item, names: readonly string[]): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const name of names) {
    const value = item[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
