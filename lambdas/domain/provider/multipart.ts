import { MaxPartsExceededError, type MultipartPart, parseMultipart } from '@remix-run/multipart-parser';
import { type Form, maxFields } from './form.ts';

/** The most header bytes of one part, which has only its name and its type. */
const maxHeaderBytes = 1024;
const firstLine = /^--([0-9A-Za-z'()+_,./:=?-]{1,70})\r\n/;

/**
 * Reads the text fields of `multipart/form-data` and skips attachments.
 *
 * Takes the boundary from the first line. The one in the content type is not signed, so a caller could split the body
 * in another way with it.
 *
 * @returns undefined when the body is not multipart; `over-1000-fields` when it has too many parts
 */
export function readMultipart(body: Uint8Array): Form | 'over-1000-fields' | undefined {
  const boundary = firstLine.exec(Buffer.from(body.subarray(0, 80)).toString('latin1'))?.[1];
  if (boundary === undefined) return undefined;
  try {
    const { byteLength } = body;
    const parts = parseMultipart(body, {
      boundary,
      maxParts: maxFields,
      maxHeaderSize: maxHeaderBytes,
      maxFileSize: byteLength,
      maxTotalSize: byteLength,
    });
    return textsOf(parts);
  } catch (error) {
    return error instanceof MaxPartsExceededError ? 'over-1000-fields' : undefined;
  }
}

function textsOf(parts: Iterable<MultipartPart>): Form {
  const form = new Map<string, string[]>();
  for (const part of parts) {
    const name = isFile(part) ? undefined : part.name;
    if (name === undefined) continue;
    const values = form.get(name);
    if (values === undefined) form.set(name, [part.text]);
    else values.push(part.text);
  }
  return form;
}

/** Used in place of the parser's own check, which decodes the file's name and prints a warning when it cannot. */
const isFile = ({ headers, mediaType }: MultipartPart): boolean =>
  /;\s*filename\*?\s*=/i.test(headers['content-disposition'] ?? '') ||
  mediaType === 'application/octet-stream';
