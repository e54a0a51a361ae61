import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** The key derived from a master secret, to seal with. */
export interface MasterKey {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A sealed text, as the table stores it. */
export interface SealedText {
  /** The name of the master key. It reveals nothing about the key. */
  readonly sealedBy: string;
  /** Base64 of nonce, ciphertext and tag. */
  readonly sealed: string;
}

/** What a sealed text belongs to. A text that is moved to another place cannot be opened. */
export type Place = readonly string[];

const nonceBytes = 12;
const tagBytes = 16;

/** Derives the sealing key. The master secret itself is never used as a key, nor for anything else. */
export function masterKey(secret: string): MasterKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'hookline endpoint secrets v1', 32));
  return { name: createHash('sha256').update(bytes).digest('hex').slice(0, 12), bytes };
}

const associatedData = (place: Place): Buffer => Buffer.from(JSON.stringify(place));

/** Seals a text for its place, with AES-256-GCM. */
export function sealText(text: string, master: MasterKey, place: Place): SealedText {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', master.bytes, nonce);
  cipher.setAAD(associatedData(place));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { sealedBy: master.name, sealed: sealed.toString('base64') };
}

/**
 * Opens a sealed text.
 *
 * @throws Error when it was sealed under another master key, for another place, or was changed
 */
export function openText({ sealed }: SealedText, master: MasterKey, place: Place): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', master.bytes, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associatedData(place));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  return Buffer.concat([text, decipher.final()]).toString('utf8');
}

/** The size of the text inside, in bytes. */
export const sealedBytes = ({ sealed }: SealedText): number =>
  Buffer.byteLength(sealed, 'base64') - nonceBytes - tagBytes;
