/**
 * The most fields of one form or query; senders have tens.
 *
 * A form is often read before its signature is checked, so the work must be bounded.
 */
export const maxFields = 1000;

/** The values of each field of a form, in their order. */
export type Form = ReadonlyMap<string, readonly string[]>;

const [ampersand, equals, percent, plus, space] = [0x26, 0x3d, 0x25, 0x2b, 0x20];

/**
 * Reads `application/x-www-form-urlencoded` in linear time; `URLSearchParams` is quadratic in names without `=`.
 *
 * @param content a body, or the query of a URL without its `?`
 * @returns undefined when it has more than {@link maxFields} fields, empty ones included
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function readForm(content: Uint8Array | string): Form | undefined {
  const fields = splitFields(Buffer.from(content));
  if (fields === undefined) return undefined;
  const form = new Map<string, string[]>();
  for (const field of fields.filter(({ length }) => length > 0)) {
    const at = field.indexOf(equals);
    const name = decoded(at < 0 ? field : field.subarray(0, at));
    const value = at < 0 ? '' : decoded(field.subarray(at + 1));
    const values = form.get(name);
    if (values === undefined) form.set(name, [value]);
    else values.push(value);
  }
  return form;
}

/** Returns the first value of a field; further ones are ignored. */
export const fieldOf = (form: Form | undefined, name: string): string | undefined => form?.get(name)?.[0];

/** Returns the fields as an object, with the last value of a repeated name. */
export const asObject = (form: Form): Record<string, string> =>
  Object.fromEntries([...form].map(([name, values]) => [name, values.at(-1) ?? '']));

/**
 * Whether a text is a form: it has at least one `=`, no white space and no control character.
 *
 * A form cannot begin like a JSON object or array, so the bytes alone decide between the two.
 */
export const isForm = (text: string): boolean => /^[^=&\s\p{Cc}"<{[][^=&\s\p{Cc}]*=[^\s\p{Cc}]*$/u.test(text);

/** @returns undefined as soon as there are too many fields */
function splitFields(bytes: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  for (let start = 0; start <= bytes.length; ) {
    if (fields.length === maxFields) return undefined;
    const found = bytes.indexOf(ampersand, start);
    const end = found < 0 ? bytes.length : found;
    fields.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return fields;
}

/** Decodes escapes; invalid UTF-8 becomes U+FFFD. */
function decoded(bytes: Buffer): string {
  if (!bytes.includes(percent) && !bytes.includes(plus)) return bytes.toString('utf8');
  const text = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const escaped = byte === percent ? escapedAt(bytes, at) : undefined;
    if (escaped !== undefined) at += 2;
    text[length++] = escaped ?? (byte === plus ? space : byte);
  }
  return text.toString('utf8', 0, length);
}

function escapedAt(bytes: Buffer, at: number): number | undefined {
  const high = hexDigits[bytes[at + 1] ?? 0] ?? noDigit;
  const low = hexDigits[bytes[at + 2] ?? 0] ?? noDigit;
  return high === noDigit || low === noDigit ? undefined : high * 16 + low;
}

const noDigit = 255;
/** The value of each byte as a hex digit. */
const hexDigits = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? noDigit : digit;
});
