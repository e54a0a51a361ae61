/** How a signature is encoded. */
export type Encoding = 'hex' | 'base64' | 'base64url' | 'text';

const hexDigits = /^[0-9a-f]+$/i;

/**
 * Decodes a signature or a key strictly: hex in either case, base64 only in its canonical form (base64url without
 * padding), text as UTF-8.
 *
 * @returns undefined for anything else, so that the request is refused without a comparison
 */
export function decodeStrictly(text: string, encoding: Encoding): Buffer | undefined {
  if (encoding === 'hex') {
    return hexDigits.test(text) && text.length % 2 === 0 ? Buffer.from(text, 'hex') : undefined;
  }
  if (encoding === 'text') return text === '' ? undefined : Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, encoding);
  return bytes.length > 0 && bytes.toString(encoding) === text ? bytes : undefined;
}
