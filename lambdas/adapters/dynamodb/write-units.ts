import { deflated, maxDeflatableBytes, type StoredText } from '../../domain/stored-text.ts';

type Item = Readonly<Record<string, unknown>>;

/** What a write unit covers. */
const unitBytes = 1024;
const unitsOf = (bytes: number): number => Math.ceil(bytes / unitBytes);

/**
 * Chooses how a text is stored: compressed where that saves a write unit, else as it is.
 *
 * @param item the other attributes of its item
 */
export function cheapestForm(text: string, item: Item): StoredText {
  const others = itemBytes(item);
  const bytes = Buffer.byteLength(text);
  const units = unitsOf(others + bytes);
  if (units <= 1 || bytes > maxDeflatableBytes) return text;
  const compressed = deflated(text);
  return unitsOf(others + compressed.byteLength) < units ? compressed : text;
}

/**
 * The size of an item as DynamoDB bills it, in bytes: names and values in UTF-8, a number about a byte for two digits.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item))
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return sum([...value].map(valueBytes));
  if (Array.isArray(value)) return 3 + sum(value.map((each) => 1 + valueBytes(each)));
  if (typeof value !== 'object' || value === null) return 1;
  return 3 + Object.keys(value).length + itemBytes({ ...value });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
