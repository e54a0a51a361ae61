import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';

/** Half of a key pair, or a certificate: everybody may know the public half, and only the sender the private one. */
export type Asymmetric = 'public-key' | 'private-key' | 'certificate';

/** A value copied out of a file of settings may be in base64 twice by mistake, but hardly more often. */
const maxDepth = 3;

/**
 * Says whether a text is half of a key pair in any of the usual notations: PEM, OpenSSH, `whpk_`/`whsk_`, a JSON Web
 * Key, and DER, OpenSSH's own bytes or an uncompressed point in base64, base64url or hex.
 *
 * The 32 bytes of an Ed25519 key look like those of a shared secret, and pass.
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

/** Says whether bytes are half of a key pair: DER, OpenSSH's form, an uncompressed point, or one of the texts above. */
export function asymmetricBytes(bytes: Buffer, depth = maxDepth): Asymmetric | undefined {
  if (isOpenSshBlob(bytes) || isPoint(bytes)) return 'public-key';
  const der = bytes[0] === 0x30 ? ofDer(bytes) : undefined;
  if (der !== undefined) return der;
  const text = bytes.toString('latin1');
  const label = armour.exec(text)?.[1];
  if (label !== undefined) return ofLabel(label);
  return /^[\s\x20-\x7e]{40,}$/.test(text) ? asymmetricText(text, depth) : undefined;
}

/** RFC 7468's and RFC 4716's first line, however it is indented or escaped. */
const armour = /----[- ]?BEGIN[ +%]([^-\r\n]{1,60})-?/i;

function ofLabel(label: string): Asymmetric {
  if (/private/i.test(label)) return 'private-key';
  return /certificate/i.test(label) ? 'certificate' : 'public-key';
}

/** A line of `authorized_keys` or `known_hosts`. */
const openSsh = /(?:^|[\s"'`])(?:ssh-[a-z0-9]+|ecdsa-sha2-\S+|sk-(?:ssh|ecdsa)-\S+)\s+AAAA/;

const isOpenSshBlob = (bytes: Buffer): boolean =>
  bytes.length > 11 && /^\0\0\0[\s\S](?:ssh-|ecdsa-|sk-)/.test(bytes.subarray(0, 12).toString('latin1'));

/** The bytes that a text may stand for; line breaks and missing padding are what copying does. */
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

/** An uncompressed point of a curve, as Web Push writes its keys; random bytes are not on the curve. */
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
  // Before the public key: one is made from a private key, too.
  const isPrivate = (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) =>
    succeeds(() => createPrivateKey({ key, format: 'der', type })),
  );
  if (isPrivate) return 'private-key';
  if (isPublic) return 'public-key';
  return succeeds(() => new X509Certificate(key)) ? 'certificate' : undefined;
}

/** A JSON Web Key, or a set of them, is told by its key type and by its private part. */
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
