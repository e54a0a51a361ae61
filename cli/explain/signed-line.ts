import { createHash } from 'node:crypto';

const previewBytes = 80;

/**
 * Describes signed content: its length, its hash and its beginning.
 *
 * @param what the content in words, or as a template
 */
export function signedLine(what: string, content: string | Uint8Array): string {
  const bytes = Buffer.from(content);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const preview = JSON.stringify(bytes.subarray(0, previewBytes).toString('utf8'));
  return `signed content is ${what}: ${bytes.length} bytes, SHA-256 ${digest.slice(0, 16)}…, ${preview}`;
}

/**
 * Compares the hash of the signed body with that of the received one.
 *
 * @param signed the hash in the request; undefined when it has none
 */
export function bodySignedLine(
  body: Uint8Array,
  encoding: 'hex' | 'base64',
  signed: string | undefined,
): string[] {
  if (signed === undefined) return [];
  const actual = createHash('sha256').update(body).digest(encoding);
  const isSame = actual === (encoding === 'hex' ? signed.toLowerCase() : signed);
  return isSame
    ? [`the body is the one that was signed (SHA-256 ${actual.slice(0, 16)}…)`]
    : [
        `a body with SHA-256 ${signed.slice(0, 16)}… was signed, and one with ${actual.slice(0, 16)}… arrived`,
      ];
}
