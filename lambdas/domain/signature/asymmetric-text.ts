import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';

/**
 * Half of a key pair, or a certificate. Neither is a shared secret: the public half is known, the private one is the
 * sender's.
 */
export type Asymmetric = 'public-key' | 'private-key' | 'certificate';

/** A value copied from a settings file may be base64 twice by mistake; more is unlikely. */
const maxDepth = 3;

/**
 * Recognises half of a key pair in any of the usual notations: PEM, OpenSSH, `whpk_`/`whsk_`, a JSON Web Key; and in
 * base64, base64url or hex: DER, OpenSSH's own bytes, or an uncompressed point.
 *
 * Does not recognise a raw Ed25519 key: its 32 bytes look like a shared secret.
 */
export function asymmetricText(text: string, depth = maxDepth): Asymmetric | undefined {
  const label = armour.exec(text)?.[1];
  if (label !== undefined) return ofLabel(label);
  if (/^whpk_./.test(text)) return 'public-key';
  if (/^whsk_./.test(text) || /^PuTTY-User-Key-File/i.test(text)) return 'private-key';
  if (openSsh.test(text)) return 'public-key';
  const json = ofJson(text);
  if (json !== undefined || depth === 0) return json;
  const found = decodings(text).map((bytes) => asymmetricBytes(bytes, depth - 1));
  return found.find((half) => half !== undefined);
}

/** Recognises half of a key pair in bytes: DER, OpenSSH's form, an uncompressed point, or a text as above. */
export function asymmetricBytes(bytes: Buffer, depth = maxDepth): Asymmetric | undefined {
  if (isOpenSshBlob(bytes) || isPoint(bytes)) return 'public-key';
  const der = bytes[0] === 0x30 ? ofDer(bytes) : undefined;
  if (der !== undefined) return der;
  const text = bytes.toString('latin1');
  const label = armour.exec(text)?.[1];
  if (label !== undefined) return ofLabel(label);
  return /^[\s\x20-\x7e]{40,}$/.test(text) ? asymmetricText(text, depth) : undefined;
}

/** The first line of RFC 7468 and RFC 4716, with any indentation or escapes. */
const armour = /----[- ]?BEGIN[ +%]([^-\r\n]{1,60})-?/i;

function ofLabel(label: string): Asymmetric {
  if (/private/i.test(label)) return 'private-key';
  return /certificate/i.test(label) ? 'certificate' : 'public-key';
}

/** A line of `authorized_keys` or `known_hosts`. */
const openSsh = /(?:^|[\s"'`])(?:ssh-[a-z0-9]+|ecdsa-sha2-\S+|sk-(?:ssh|ecdsa)-\S+)\s+AAAA/;

const isOpenSshBlob = (bytes: Buffer): boolean =>
  bytes.length > 11 && /^\0\0\0[\s\S](?:ssh-|ecdsa-|sk-)/.test(bytes.subarray(0, 12).toString('latin1'));

/** Decodes a text as hex and base64, with the line breaks and missing padding that copying causes. */
function decodings(text: string): Buffer[] {
  const dense = text.replace(/^whsec_|["'`\s]|\\n|\\r|-----END[^-]*-----/g, '');
  const isHex = dense.length % 2 === 0 && /^(?:0x)?[0-9a-f]+$/i.test(dense);
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(dense);
  return [
    ...(isHex ? [Buffer.from(dense.replace(/^0x/i, ''), 'hex')] : []),
    ...(isBase64 ? [Buffer.from(dense, 'base64')] : []),
  ];
}

const curveOfLength: ReadonlyMap<number, string> = new Map([
  [65, 'P-256'],
  [97, 'P-384'],
  [133, 'P-521'],
]);

/** Whether bytes are an uncompressed point of a curve, as in Web Push keys; random bytes are not on the curve. */
function isPoint(bytes: Buffer): boolean {
  const crv = curveOfLength.get(bytes.length);
  if (crv === undefined || bytes[0] !== 4) return false;
  const middle = (bytes.length + 1) / 2;
  const [x, y] = [bytes.subarray(1, middle), bytes.subarray(middle)].map((part) =>
    part.toString('base64url'),
  );
  return succeeds(() => createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' }));
}

function ofDer(key: Buffer): Asymmetric | undefined {
  const isPublic = (['spki', 'pkcs1'] as const).some((type) =>
    succeeds(() => createPublicKey({ key, format: 'der', type })),
  );
  // Checked first, because a public key can also be made from a private one.
  const isPrivate = (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) =>
    succeeds(() => createPrivateKey({ key, format: 'der', type })),
  );
  if (isPrivate) return 'private-key';
  if (isPublic) return 'public-key';
  return succeeds(() => new X509Certificate(key)) ? 'certificate' : undefined;
}

/** Recognises a JSON Web Key, or a set of them, by its `kty`, and a private one by its `d`. */
function ofJson(text: string): Asymmetric | undefined {
  if (!/^["'\s]*[{[]/.test(text) || !/"kty\\*"\s*:\s*\\*"(?!oct\b)/.test(text)) return undefined;
  return /"d\\*"\s*:/.test(text) ? 'private-key' : 'public-key';
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
