import { ProtocolError } from './protocol-error.ts';
import { type ResponseHead, readHead } from './response-head.ts';

/** The final head, its position among the bytes so far, and what follows it. */
export interface FoundHead {
  readonly head: ResponseHead;
  /** The head as received, with all that has come after it. */
  readonly raw: Buffer;
  /** The bytes that came after it. */
  readonly rest: Buffer;
}

/** Interim responses (1xx) that a request may get before its final one. */
const maxInterim = 10;

/**
 * Finds the final head in the bytes of a connection, over any number of packets. Looks at each byte once.
 *
 * @param maxBytes of all heads together
 */
export function headFinder(maxBytes: number) {
  const store = growingBytes();
  const ends = headEnds();
  let interim = 0;
  let isClean = true;

  const next = (): FoundHead | undefined | 'interim' => {
    const bytes = store.all();
    const at = ends.next(bytes);
    const begin = ends.begin();
    const head = checkedHead(bytes, begin, at, maxBytes);
    if (head === undefined) return undefined;
    isClean &&= head.isRegular && !ends.sawBlank();
    const final = { ...head, isRegular: isClean };
    if (!isInterim(head)) return { head: final, raw: bytes.subarray(begin), rest: bytes.subarray(at) };
    interim++;
    if (interim > maxInterim)
      throw new ProtocolError(`more than ${maxInterim} interim responses (1xx) without a final one`);
    ends.goOn();
    return 'interim';
  };

  return {
    /**
     * Takes the next bytes.
     *
     * @returns the final head; undefined: it is not complete yet
     * @throws ProtocolError when the bytes cannot become a head
     */
    push(chunk: Buffer): FoundHead | undefined {
      store.append(chunk);
      for (;;) {
        const step = next();
        if (step !== 'interim') return step;
      }
    },

    /** Returns the incomplete head of a connection that has ended, because its status is known. */
    unfinished(): ResponseHead | undefined {
      const head = readHead(store.all().toString('latin1', ends.begin()));
      return head === undefined || isInterim(head) ? undefined : { ...head, isRegular: false };
    },
  };
}

/** @returns undefined while the end of the head is missing @throws ProtocolError when the bytes cannot be a head */
function checkedHead(
  bytes: Buffer,
  begin: number,
  end: number | undefined,
  maxBytes: number,
): ResponseHead | undefined {
  const head = end === undefined ? undefined : readHead(bytes.toString('latin1', begin, end));
  const isNone = end !== undefined && head === undefined;
  if (isNone || !mayBeHttp(bytes, begin))
    throw new ProtocolError(`the response is not HTTP/1.1: it begins with ${excerpt(bytes.subarray(begin))}`);
  if ((end ?? bytes.length) > maxBytes)
    throw new ProtocolError(`the response's head is over ${maxBytes} bytes`);
  return head;
}

/** Bytes that are appended to, without copying all of them each time; the first ones are not copied at all. */
function growingBytes() {
  let bytes: Buffer = Buffer.alloc(0);
  let end = 0;
  return {
    append(chunk: Buffer): void {
      if (end === 0) {
        bytes = chunk;
        end = chunk.length;
        return;
      }
      if (end + chunk.length > bytes.length) {
        const larger = Buffer.alloc(2 * (end + chunk.length));
        bytes.copy(larger, 0, 0, end);
        bytes = larger;
      }
      chunk.copy(bytes, end);
      end += chunk.length;
    },
    all: (): Buffer => bytes.subarray(0, end),
  };
}

const lineFeed = 10;
const blank = /^\r*$/;
/** Bytes that may precede a status line. */
const blankInFront = /^(?:\xef\xbb\xbf)*[ \t\r]*$/;

/** Finds where heads end: at a blank line, however its lines end. */
function headEnds() {
  let begin = 0;
  let lineStart = 0;
  let scanned = 0;
  let sawBlank = false;

  /** Processes one whole line. @returns whether the head ends with it */
  const endsWith = (bytes: Buffer, lineEnd: number): boolean => {
    const isFirst = lineStart === begin;
    const isBlank = (isFirst ? blankInFront : blank).test(bytes.toString('latin1', lineStart, lineEnd));
    lineStart = lineEnd + 1;
    scanned = lineStart;
    if (!isBlank || !isFirst) return isBlank;
    // Blank lines before the status line end nothing.
    begin = lineStart;
    sawBlank = true;
    return false;
  };

  /** All lines may end with CR alone; then a body may contain line feeds. */
  const endWithoutLineFeed = (bytes: Buffer, end: number): number | undefined => {
    const from = Math.max(begin, scanned - 1);
    scanned = end;
    if (lineStart !== begin) return undefined;
    const at = bytes.subarray(0, end).indexOf('\r\r', from);
    if (at <= begin) return undefined;
    const isOfLine = end < bytes.length && blank.test(bytes.toString('latin1', at, end));
    if (isOfLine) return undefined;
    scanned = at + 2;
    return scanned;
  };

  return {
    begin: (): number => begin,
    /** Whether blank lines came first. */
    sawBlank: (): boolean => sawBlank,
    /** The end of the head that begins at `begin`; undefined when it has not arrived. */
    next(bytes: Buffer): number | undefined {
      for (;;) {
        const lineEnd = bytes.indexOf(lineFeed, scanned);
        const end = endWithoutLineFeed(bytes, lineEnd < 0 ? bytes.length : lineEnd);
        if (end !== undefined || lineEnd < 0) return end;
        if (endsWith(bytes, lineEnd)) return scanned;
      }
    },
    /** Starts over for the head that follows. */
    goOn(): void {
      begin = lineStart = scanned;
    },
  };
}

/** 101 is the last HTTP/1.1 response on a connection. */
const isInterim = ({ status }: ResponseHead): boolean => status < 200 && status !== 101;

/** Whether the first bytes can become a status line. */
function mayBeHttp(bytes: Buffer, from: number): boolean {
  const first = bytes.toString('latin1', from, from + 16);
  const rest = first.replace(/^(?:\xef\xbb\xbf|[ \t\r\n])*/, '');
  // The last alternative is an incomplete byte order mark.
  return 'HTTP'.startsWith(rest.slice(0, 4).toUpperCase()) || /^\xef\xbb?$/.test(rest);
}

const maxExcerptChars = 24;

const excerpt = (bytes: Buffer): string => {
  const text = bytes.toString('latin1', 0, maxExcerptChars);
  const shown = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return shown.length < 2 ? 'bytes that are not text' : JSON.stringify(shown);
};
