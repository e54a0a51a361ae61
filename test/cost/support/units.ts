import { type Item, itemBytes } from './item-size.ts';

/** A table's keys and those of its indexes, which are keys only. */
export interface TableKeys {
  readonly key: readonly string[];
  readonly indexes: readonly (readonly string[])[];
}

/** The cost of a call in DynamoDB's units. */
export interface Units {
  readonly write: number;
  /** Of indexes. */
  readonly indexWrite: number;
  readonly read: number;
  /** Bytes by which the table grew, as storage is billed. */
  readonly stored: number;
  /** Bytes by which its indexes grew. Point-in-time recovery is billed by the table alone. */
  readonly indexStored: number;
}

/** DynamoDB's own for each item and index entry, billed as storage. */
const overhead = 100;

/** What a write costs: a unit for each KB of the larger of both items, and one for each index entry put or deleted. */
export function writeUnits(before: Item | undefined, after: Item | undefined, table: TableKeys): Units {
  const [old = 0, next = 0] = [before, after].map((item) => (item ? itemBytes(item) : 0));
  const indexWrite = table.indexes
    .map((keys) => [entryOf(before, keys), entryOf(after, keys)])
    .filter(([earlier, later]) => earlier !== later)
    .reduce((sum, entries) => sum + entries.filter((entry) => entry !== undefined).length, 0);
  const write = Math.max(1, Math.ceil(Math.max(old, next) / 1024));
  const bytesOf = (item: Item | undefined): number => (item ? itemBytes(item) + overhead : 0);
  const stored = bytesOf(after) - bytesOf(before);
  const indexStored = entriesBytes(after, table) - entriesBytes(before, table);
  return { write, indexWrite, read: 0, stored, indexStored };
}

/** Bytes of all index entries of an item: the keys of the table and of the index. */
function entriesBytes(item: Item | undefined, { key, indexes }: TableKeys): number {
  const entries = indexes.filter((keys) => entryOf(item, keys) !== undefined);
  const keysOf = (keys: readonly string[]): Item =>
    Object.fromEntries([...new Set([...key, ...keys])].map((name) => [name, item?.[name] ?? {}]));
  return entries.reduce((sum, keys) => sum + itemBytes(keysOf(keys)) + overhead, 0);
}

/** An item's entry in an index; undefined if a key is missing, so that there is none. */
function entryOf(item: Item | undefined, keys: readonly string[]): string | undefined {
  const values = keys.map((key) => item?.[key]);
  return values.includes(undefined) ? undefined : JSON.stringify(values);
}

/** What a read costs: a unit for each 4 KB, half of it where it need not be consistent. */
export const readUnits = (bytes: number, consistent: boolean): Units => ({
  write: 0,
  indexWrite: 0,
  stored: 0,
  indexStored: 0,
  read: Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5),
});
