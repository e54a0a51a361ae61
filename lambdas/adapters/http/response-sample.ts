import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { ArrivedResponse } from './await-response.ts';
import type { ResponseHead } from './response-head.ts';

const maxSampleBytes = 1024;
const maxSampleMs = 1000;

/**
 * Reads the beginning of a response's body as text: up to a KiB that arrives within a second.
 *
 * Decompresses bodies up to a KiB, and decodes text by its charset. Names other content with its size, such as
 * `(gzip, 300 bytes)`.
 *
 * @returns undefined when the response has no body
 */
export async function sampleOf({ head, body, begun }: ArrivedResponse): Promise<string | undefined> {
  const expected = begun === undefined ? Number.POSITIVE_INFINITY : bareLength(head);
  const isChunked = begun !== undefined && lastOf(head, 'transfer-encoding')?.toLowerCase() === 'chunked';
  const isWhole = (bytes: Buffer): boolean =>
    bytes.length >= Math.min(expected, maxSampleBytes) || (isChunked && lastChunk.test(tailOf(bytes)));
  const bytes = await firstBytes(body, begun ?? Buffer.alloc(0), isWhole);
  const content = isChunked ? joinedChunks(bytes) : bytes.subarray(0, expected);
  return content.length === 0 ? undefined : textOf(content, head);
}

const lastOf = ({ headers }: ResponseHead, name: string): string | undefined => headers.get(name)?.at(-1);

/** The body's length by a head that Node would not parse. */
function bareLength(head: ResponseHead): number {
  if (head.status < 200 || head.status === 204 || head.status === 304) return 0;
  const length = lastOf(head, 'content-length') ?? '';
  return /^\d+$/.test(length) && !head.headers.has('transfer-encoding')
    ? Number(length)
    : Number.POSITIVE_INFINITY;
}

/** Reads until there is enough, the body ends, or the time limit passes. */
async function firstBytes(
  body: Readable,
  begun: Buffer,
  isWhole: (bytes: Buffer) => boolean,
): Promise<Buffer> {
  let bytes = Buffer.from(begun.subarray(0, maxSampleBytes));
  if (isWhole(bytes) || body.destroyed) return bytes;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  body.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk.subarray(0, maxSampleBytes - bytes.length)]);
    if (isWhole(bytes)) resolve();
  });
  for (const end of ['end', 'close', 'error']) body.on(end, () => resolve());
  const timer = setTimeout(resolve, maxSampleMs);
  await enough;
  clearTimeout(timer);
  return bytes;
}

const lastChunk = /(^|\n)0+\r?\n\r?\n$/;
const tailOf = (bytes: Buffer): string => bytes.toString('latin1', Math.max(0, bytes.length - 16));

/** Removes the framing of a chunked body, as far as it is valid. */
function joinedChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(10, at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd < 0 ? at : lineEnd), 16);
    if (!(size > 0)) break;
    chunks.push(bytes.subarray(lineEnd + 1, lineEnd + 1 + size));
    const next = lineEnd + 1 + size;
    at = bytes[next] === 13 ? next + 2 : next + 1;
  }
  return Buffer.concat(chunks);
}

async function textOf(bytes: Buffer, head: ResponseHead): Promise<string> {
  const encodings = (head.headers.get('content-encoding') ?? [])
    .flatMap((value) => value.toLowerCase().split(','))
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
  if (encodings.length === 0) return plainText(bytes, head);
  const named = `(${encodings.slice(0, 3).join(', ').slice(0, 40)}, ${bytes.length} bytes)`;
  const content = encodings.length === 1 ? await decompressed(bytes, encodings[0] ?? '') : undefined;
  return content === undefined ? named : plainText(content, head);
}

const decoders: Readonly<Record<string, (bytes: Buffer) => ReturnType<typeof createGunzip>>> = {
  gzip: () => createGunzip({ chunkSize: maxSampleBytes }),
  'x-gzip': () => createGunzip({ chunkSize: maxSampleBytes }),
  // Some servers send it without the wrapper that the specification requires.
  deflate: ([first = 0]) =>
    (first & 0x0f) === 8
      ? createInflate({ chunkSize: maxSampleBytes })
      : createInflateRaw({ chunkSize: maxSampleBytes }),
  br: () => createBrotliDecompress({ chunkSize: maxSampleBytes }),
};

/** Decompresses at most the first KiB. @returns undefined when nothing came out */
async function decompressed(bytes: Buffer, encoding: string): Promise<Buffer | undefined> {
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding]?.(bytes) : undefined;
  if (decoder === undefined) return undefined;
  const parts: Buffer[] = [];
  let missing = maxSampleBytes;
  decoder.end(bytes);
  try {
    for await (const part of decoder) {
      parts.push(part.subarray(0, missing));
      missing -= Math.min(missing, part.length);
      if (missing === 0) break;
    }
  } catch {
    // The data is cut off after a KiB, or damaged. Shows what came out until then.
  }
  return parts.length === 0 ? undefined : Buffer.concat(parts);
}

const binaryType =
  /^(image|audio|video|font)\/(?!svg)|^application\/(octet-stream|zip|gzip|pdf|x-protobuf|grpc)/i;

/** Decodes bytes by the response's charset, else as UTF-8, else as Latin-1, which has a letter for nearly every byte. */
function plainText(bytes: Buffer, head: ResponseHead): string {
  const type = lastOf(head, 'content-type') ?? '';
  const charset = /charset\s*=\s*["']?([^"';,\s]+)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  const text =
    decoded(bytes, charset, charset === 'utf-8') ??
    decoded(bytes, 'utf-8', true) ??
    (binaryType.test(type) ? undefined : decoded(bytes, 'windows-1252', false));
  return text === undefined || isBinary(text) ? `(binary, ${bytes.length} bytes)` : text;
}

/** Text has no NUL, and few other invisible characters. */
const isBinary = (text: string): boolean =>
  text.includes('\0') || (text.match(/[^\P{Cc}\s]/gu) ?? []).length > text.length / 10;

/** @returns undefined when the charset is unknown, or the bytes are not valid in a charset that requires it */
function decoded(bytes: Buffer, charset: string, fatal: boolean): string | undefined {
  try {
    // Omits a character that the end of the sample cuts in two.
    return new TextDecoder(charset, { fatal }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}
