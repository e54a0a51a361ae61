import { createHash } from 'node:crypto';

const previewBytes = 80;

/**
 * Names what is signed: how long it is, its hash and how it begins.
 *
 * @param what in words, or as a template
 */
export function signedLine(what: string, content: string | Uint8Array): string {
  const bytes = Buffer.from(content);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const preview = JSON.stringify(bytes.subarray(0, previewBytes).toString('utf8'));
  return `signed content is ${what}: ${bytes.length} bytes, SHA-256 ${digest.slice(0, 16)}…, ${preview}`;
}

/**
 * Compares the hash of the body that was signed with that of the one that came.
 *
 * @param signed undefined where the request does not say
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
