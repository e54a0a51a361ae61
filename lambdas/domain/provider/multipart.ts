import { MaxPartsExceededError, type MultipartPart, parseMultipart } from '@remix-run/multipart-parser';
import { type Form, maxFields } from './form.ts';

/** Of one part; it has its name and its type. */
const maxHeaderBytes = 1024;
const firstLine = /^--([0-9A-Za-z'()+_,./:=?-]{1,70})\r\n/;

/**
 * Reads the texts of `multipart/form-data`; attachments are left out.
 *
 * The boundary is that of the first line. The one in the content type is not signed: it would let a caller cut the body anew.
 *
 * @returns undefined when it is not a multipart body; `over-1000-fields` when it has more parts than a form may have
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

/** The parser's own test decodes the name of the file, and prints what it cannot decode. */
const isFile = ({ headers, mediaType }: MultipartPart): boolean =>
  /;\s*filename\*?\s*=/i.test(headers['content-disposition'] ?? '') ||
  mediaType === 'application/octet-stream';
