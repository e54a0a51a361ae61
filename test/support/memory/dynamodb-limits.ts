/** The limits of DynamoDB and its client, which the tables in memory enforce, too. */

const maxKeyBytes = 1024;
const maxItemBytes = 400 * 1024;
const maxLevels = 31;
const smallest = 1e-130;

/** @throws Error for an invalid sort key */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes === 0 || bytes > maxKeyBytes) throw new Error(`a key of ${bytes} bytes`);
}

/** @throws Error for an item that is too large, too deep, or has an invalid value */
export function checkItem(item: object): void {
  const bytes = Buffer.byteLength(JSON.stringify(item));
  if (bytes > maxItemBytes) throw new Error(`an item of ${bytes} bytes`);
  for (const value of Object.values(item)) checkValue(value, maxLevels);
}

function checkValue(value: unknown, levels: number): void {
  if (typeof value === 'number') checkNumber(value);
  if (JSON.isRawJSON(value)) throw new Error('a number that is an object');
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) throw new Error(`an attribute of more than ${maxLevels} levels`);
  for (const [name, inner] of Object.entries(value)) {
    if (name === '') throw new Error('a name that is empty');
    checkValue(inner, levels - 1);
  }
}

function checkNumber(value: number): void {
  const size = Math.abs(value);
  const isKept = size === 0 || (size >= smallest && size <= Number.MAX_SAFE_INTEGER);
  if (!isKept) throw new Error(`a number that cannot be kept: ${value}`);
}
