import { depthChange, endOfString } from './body-limits.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openingBracket = 0x5b;
const openingBrace = 0x7b;
const whiteSpace = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Returns the raw bytes of each element of a JSON array, without the white space around them.
 *
 * @param json the bytes of a valid JSON array
 */
export function sliceJsonArray(json: Uint8Array): Uint8Array[] {
  return elements(json, json.indexOf(openingBracket) + 1);
}

/**
 * Returns the raw bytes of the value at a dotted path. If a name occurs twice, the last one counts, as in `JSON.parse`.
 *
 * @param json the bytes of a valid JSON object that has this path
 */
export const sliceJsonValue = (json: Uint8Array, path: string): Uint8Array =>
  path.split('.').reduce(memberValue, json);

function memberValue(json: Uint8Array, name: string): Uint8Array {
  const start = json.indexOf(openingBrace) + 1;
  const ends = elementEnds(json, start);
  const startOf = (nth: number): number => (nth === 0 ? start : (ends[nth - 1] ?? 0) + 1);
  const found = ends.findLastIndex((_, nth) => isNamed(json, startOf(nth), name));
  if (found < 0) return new Uint8Array();
  const afterName = endOfString(json, json.indexOf(quote, startOf(found)));
  return trimmed(json, json.indexOf(colon, afterName) + 1, ends[found] ?? json.length);
}

/** Whether the member at `start` has this name, with or without escapes. */
function isNamed(json: Uint8Array, start: number, name: string): boolean {
  const opened = json.indexOf(quote, start);
  if (opened < 0) return false;
  const closed = endOfString(json, opened);
  // Escapes only make a name longer.
  if (closed - opened - 1 < name.length) return false;
  const written = Buffer.from(json.buffer, json.byteOffset + opened, closed + 1 - opened);
  return written.includes(backslash)
    ? JSON.parse(written.toString('utf8')) === name
    : written.toString('utf8') === `"${name}"`;
}

/** The bytes between the commas, from `start` to the closing bracket of the same depth. */
function elements(json: Uint8Array, start: number): Uint8Array[] {
  const ends = elementEnds(json, start);
  return ends
    .map((end, index) => trimmed(json, index === 0 ? start : (ends[index - 1] ?? 0) + 1, end))
    .filter((slice) => slice.length > 0);
}

/** The positions of the commas between the elements, and of the closing bracket. */
function elementEnds(json: Uint8Array, start: number): number[] {
  const ends: number[] = [];
  let depth = 1;
  for (let at = start; depth > 0 && at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === quote) at = endOfString(json, at);
    else depth += depthChange(byte);
    if (depth === 0 || (depth === 1 && byte === comma)) ends.push(at);
  }
  return ends;
}

function trimmed(json: Uint8Array, start: number, end: number): Uint8Array {
  let [from, to] = [start, end];
  while (from < to && whiteSpace.has(json[from] ?? 0)) from++;
  while (to > from && whiteSpace.has(json[to - 1] ?? 0)) to--;
  return json.subarray(from, to);
}
