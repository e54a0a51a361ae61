/** The head of a response, parsed leniently. */
export interface ResponseHead {
  readonly status: number;
  /** By lower-case name, each value trimmed and without control characters. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Whether it is valid HTTP with one clear end of the body; only then may its connection be used again. */
  readonly isRegular: boolean;
}

/** A byte order mark, the version in any spelling, blanks of any kind, and three digits. */
const statusLine =
  /^(?:\xef\xbb\xbf)*[ \t]*HTTPS?(?:[ \t]*[/:-][ \t]*)?(?:\d+(?:[.,]\d*)*)?[ \t\v\f\xa0]+(\d{3})(?!\d)/i;
const regularStatusLine = /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r$/;
const regularField = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r$/;
const controls = /\p{Cc}+/gu;

/**
 * Reads a complete head, or the part of one that arrived.
 *
 * Never throws, regardless of the bytes.
 *
 * @param text bytes as Latin-1, from the status line on; lines end with LF or CR LF; with CR if it has no LF
 * @returns undefined when it does not begin with a status line
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-4
 */
export function readHead(text: string): ResponseHead | undefined {
  const status = Number(statusLine.exec(text)?.[1] ?? 0);
  if (status < 100) return undefined;
  const lines = text.split(text.includes('\n') ? '\n' : '\r');
  while (/^\r*$/.test(lines.at(-1) ?? 'none')) lines.pop();
  const [first = '', ...fields] = lines;
  const headers = fieldsOf(fields);
  const isRegular =
    regularStatusLine.test(first) &&
    fields.every((line) => regularField.test(line)) &&
    hasOneEnd(first, status, headers);
  return { status, headers, isRegular };
}

function fieldsOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  let last: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const isFolded = /^[ \t]/.test(line) && last.length > 0;
    const value = line
      .slice(isFolded ? 0 : colon + 1)
      .replace(controls, ' ')
      .trim();
    if (isFolded) last.push(`${last.pop()} ${value}`);
    if (isFolded || colon < 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    last = fields.get(name) ?? [];
    last.push(value);
    fields.set(name, last);
  }
  return fields;
}

/** Whether the end of the body is certain; otherwise the bytes after it would count as the next response. */
function hasOneEnd(first: string, status: number, headers: ResponseHead['headers']): boolean {
  const lengths = headers.get('content-length') ?? [];
  const codings = headers.get('transfer-encoding') ?? [];
  const isBodiless = status < 200 || status === 204 || status === 304;
  const isLength = isBodiless ? /^0$/ : /^\d{1,15}$/;
  if (codings.length === 0) return lengths.length < 2 && lengths.every((length) => isLength.test(length));
  const isChunked = codings.length === 1 && codings[0]?.toLowerCase() === 'chunked';
  return isChunked && !isBodiless && lengths.length === 0 && first.startsWith('HTTP/1.1');
}
