/** A value as DynamoDB's JSON has it, e.g. `{ S: 'a' }`. */
type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

/**
 * The size of an item as DynamoDB bills it, in bytes: names and values in UTF-8, a number about a byte for two digits.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes(value: AttributeValue): number {
  const [[type, content] = ['NULL', true]] = Object.entries(value);
  if (type === 'N') return numberBytes(String(content));
  if (type === 'B') return binaryBytes(content);
  if (type === 'BOOL' || type === 'NULL') return 1;
  if (type === 'S') return Buffer.byteLength(String(content));
  if (type === 'L') return 3 + sum(content, (entry) => 1 + valueBytes(entry as AttributeValue));
  if (type === 'M') return 3 + itemBytes(content as Item) + Object.keys(content as Item).length;
  const kind = type.slice(0, 1);
  return sum(content, (entry) => valueBytes({ [kind]: entry }));
}

/** Base64 in DynamoDB's JSON, bytes where a client has parsed it. */
const binaryBytes = (content: unknown): number =>
  (content instanceof Uint8Array ? content : Buffer.from(String(content), 'base64')).byteLength;

const sum = (list: unknown, size: (entry: unknown) => number): number =>
  (Array.isArray(list) ? list : []).reduce((total: number, entry) => total + size(entry), 0);

const numberBytes = (text: string): number => Math.ceil(text.replace(/[^0-9]/g, '').length / 2) + 1;
