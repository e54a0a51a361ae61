/** The levels that a JSON body may have; no provider comes near. Deeper ones exhaust the stack of what reads them. */
const maxLevels = 500;

/**
 * The values that a JSON body may have where it is parsed before its signature is known to be right; a thousand
 * notifications of Microsoft Graph have some twenty thousand.
 */
export const maxUnverifiedValues = 50_000;

/** The limit that a body exceeds; it names its number, so that the log does. */
export type BodyLimit = JsonLimit | 'over-1000-fields';
type JsonLimit = 'over-500-levels' | 'over-50000-values';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Finds what would make a body expensive to parse, in one pass over its bytes.
 *
 * @param json bytes that may be anything
 * @param maxValues values and names count, so far as commas and brackets tell
 * @returns undefined when the body is within its limits
 */
export function exceededLimit(json: Uint8Array, maxValues: number): JsonLimit | undefined {
  let [depth, values] = [0, 0];
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (isPlain[byte] === 1) continue;
    if (byte === quote) {
      at = endOfString(json, at);
      continue;
    }
    depth += depthChange(byte);
    values += isClosing(byte) ? 0 : 1;
    if (depth > maxLevels) return 'over-500-levels';
    if (values > maxValues) return 'over-50000-values';
  }
  return undefined;
}

/** Most bytes change nothing: one look each. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"[]{},'.includes(String.fromCharCode(byte)) ? 0 : 1,
);

const isOpening = (byte: number): boolean => byte === 0x5b || byte === 0x7b;
const isClosing = (byte: number): boolean => byte === 0x5d || byte === 0x7d;

/** How a byte outside of a string changes the level: `[` and `{` begin one, `]` and `}` end it. */
export const depthChange = (byte: number): number => Number(isOpening(byte)) - Number(isClosing(byte));

/** @returns the index of the closing quote; the length of the text, or one more, when the string does not end */
export function endOfString(json: Uint8Array, openedAt: number): number {
  let at = openedAt + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at;
}
