/** The most levels of a JSON body. No provider comes near; much deeper ones exhaust the parser's stack. */
const maxLevels = 500;

/**
 * The most values of a JSON body that is parsed before its signature is checked. A thousand notifications of Microsoft
 * Graph have about twenty thousand.
 */
export const maxUnverifiedValues = 50_000;

/** The limit that a body exceeds. Each name contains its number, for the log. */
export type BodyLimit = JsonLimit | 'over-1000-fields';
type JsonLimit = 'over-500-levels' | 'over-50000-values';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Checks in one pass over the bytes whether a body would be expensive to parse.
 *
 * @param json any bytes
 * @param maxValues the most values and names, counted by commas and brackets
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

/** 1 for the bytes that change neither level nor count; most do not. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"[]{},'.includes(String.fromCharCode(byte)) ? 0 : 1,
);

const isOpening = (byte: number): boolean => byte === 0x5b || byte === 0x7b;
const isClosing = (byte: number): boolean => byte === 0x5d || byte === 0x7d;

/** How a byte outside of a string changes the level: 1 for `[` and `{`, -1 for `]` and `}`. */
export const depthChange = (byte: number): number => Number(isOpening(byte)) - Number(isClosing(byte));

/** @returns the index of the closing quote; the length of the text, or one more, when the string does not end */
export function endOfString(json: Uint8Array, openedAt: number): number {
  let at = openedAt + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at;
}
