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

/**
 * The longest text that is compressed in little memory: a window as long as the text finds the same repetitions.
 *
 * By default zlib takes a quarter of a megabyte for each text, and after some hundred texts V8 marks the whole heap to free it.
 */
const shortTextBytes = 4096;
const littleMemory = { windowBits: 12, memLevel: 4, chunkSize: 2048 };

/** Compresses a text. The format is zlib's (RFC 1950): its checksum reveals damage, which raw deflate would not. */
export function deflated(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return deflateSync(bytes, bytes.length <= shortTextBytes ? littleMemory : {});
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
