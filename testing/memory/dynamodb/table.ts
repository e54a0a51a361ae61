import { invalid } from './errors.ts';
import { tableIndex } from './index-of-table.ts';
import type { TableShape } from './table-shape.ts';
import { type Item, sizeOfItem, typeOf, type Value } from './values.ts';

/** An item of more bytes is refused. */
const maxItemBytes = 400 * 1024;
const maxKeyBytes = { partition: 2048, sort: 1024 };

/** One write of one item, as the table saw it. */
export interface ItemWrite {
  readonly table: string;
  readonly was: Item | undefined;
  /** Undefined: the item was deleted. */
  readonly is: Item | undefined;
  /** What the same request makes of another item, or of none; undefined when its condition refuses it. */
  readonly would?: (other: Item | undefined) => Item | undefined;
}

/** A table in memory: its items by their keys, in the order of their creation, and its indexes. */
export function memoryTable(
  name: string,
  { partitionKey, indexes = [] }: TableShape,
  wrote: (key: string, write: ItemWrite) => void,
) {
  const keys: readonly string[] = partitionKey === undefined ? ['id'] : [partitionKey, 'id'];
  const items = new Map<string, Item>();
  let writes = 0;
  const views = new Map(indexes.map((index) => [index.name, tableIndex(index, keys)]));
  /** The table itself, queried by its own key. */
  const own = tableIndex({ name, partitionKey: keys[0] ?? 'id', sortKey: 'id', sortType: 'string' }, keys);

  /** @throws ValidationException over a key that is not exactly the table's */
  function keyOf(key: Item): string {
    const given = Object.keys(key);
    if (given.length !== keys.length) throw invalid('The provided key element does not match the schema');
    return keyIn(key);
  }

  /** The key of an item. */
  function keyIn(item: Item): string {
    const [partition, sort] = keys.map((part) => checkedKey(part, item[part], part === partitionKey));
    return sort === undefined ? (partition ?? '') : `${partition}\u0000${sort}`;
  }

  function checkedKey(part: string, value: Value | undefined, isPartition: boolean): string {
    if (typeof value !== 'string') throw invalid(`Type mismatch for key ${part}: it must be a string`);
    const bytes = Buffer.byteLength(value);
    const most = isPartition || keys.length === 1 ? maxKeyBytes.partition : maxKeyBytes.sort;
    if (bytes === 0 || bytes > most)
      throw invalid(`One or more parameter values are not valid: the key ${part} has ${bytes} bytes`);
    return value;
  }

  function checkItem(item: Item): void {
    if (sizeOfItem(item) > maxItemBytes)
      throw invalid(`Item size has exceeded the maximum allowed size of ${maxItemBytes} bytes`);
    for (const view of views.values()) view.check(item);
  }

  function replace(
    key: string,
    was: Item | undefined,
    is: Item | undefined,
    would?: ItemWrite['would'],
  ): void {
    writes++;
    own.replace(key, was, is);
    for (const view of views.values()) view.replace(key, was, is);
    wrote(key, { table: name, was, is, would });
  }

  return {
    name,
    keys,
    items,
    keyOf,
    keyIn,
    get: (key: string): Item | undefined => items.get(key),
    /** How often it was written to. */
    writes: (): number => writes,

    /** @throws ValidationException when the item is too large, or an index cannot take it */
    put(key: string, item: Item, would?: ItemWrite['would']): void {
      checkItem(item);
      const was = items.get(key);
      items.set(key, item);
      replace(key, was, item, would);
    },

    delete(key: string): void {
      const was = items.get(key);
      items.delete(key);
      if (was !== undefined) replace(key, was, undefined);
    },

    /** @throws ValidationException for an index that the deployed table has not got */
    view(index: string | undefined) {
      const view = index === undefined ? own : views.get(index);
      if (view === undefined) throw invalid(`The table ${name} does not have the specified index: ${index}`);
      return view;
    },
  };
}
export type MemoryTable = ReturnType<typeof memoryTable>;

/** @throws ValidationException over a start key whose values have the wrong types */
export function checkStartKey(start: Item, like: Readonly<Record<string, 'S' | 'N'>>): void {
  const names = Object.keys(like);
  const isRight = names.every((name) => isKeyOf(start[name], like[name]));
  if (!isRight || Object.keys(start).length !== names.length)
    throw invalid('The provided starting key is invalid');
}

const isKeyOf = (value: Value | undefined, type: 'S' | 'N' | undefined): boolean =>
  value !== undefined && value !== '' && typeOf(value) === type;
