import { deflateSync, inflateSync } from 'node:zlib';
import { utf8Bytes } from './messages.ts';
import { AlteredBodyError } from './stored-body.ts';

/** A text in a table item: as it is, or compressed. */
export type StoredText = string | Uint8Array;

/**
 * The longest text that is stored compressed, in bytes.
 *
 * A task on the delivery queue has the whole text, and SQS bills by 64 KB: two tasks of this size are one request. It also
 * bounds the memory that a damaged item can take.
 */
export const maxDeflatableBytes = 32 * 1024;

/** A window as long as a short text finds the same repetitions, and zlib does not allocate a quarter of a megabyte for it. */
const shortText = { bytes: 4096, windowBits: 12 };

/** Compresses a text. The format is zlib's (RFC 1950): its checksum reveals damage, which raw deflate would not. */
export function deflated(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return bytes.length <= shortText.bytes
    ? deflateSync(bytes, { windowBits: shortText.windowBits })
    : deflateSync(bytes);
}

/** Whether a text takes at most so many bytes in an item, as it is or compressed. */
export function fitsInItem(text: string, maxBytes: number): boolean {
  const bytes = utf8Bytes(text);
  return bytes <= maxBytes || (bytes <= maxDeflatableBytes && deflated(text).byteLength <= maxBytes);
}

/**
 * Reads a text of an item.
 *
 * @throws AlteredBodyError when a compressed one is damaged, or longer than `maxDeflatableBytes`
 */
export function readStoredText(stored: StoredText): string {
  if (typeof stored === 'string') return stored;
  try {
    return inflateSync(stored, { maxOutputLength: maxDeflatableBytes }).toString('utf8');
  } catch {
    throw new AlteredBodyError(`its compressed body in the table is damaged (${stored.byteLength} bytes)`);
  }
}
