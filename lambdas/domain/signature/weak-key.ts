import type { KeyObject } from 'node:crypto';

/**
 * The y coordinates of the points of small order, as encoded, without the sign of x. Anyone can forge signatures for
 * such a key, unless the library refuses it. All zeros, a frequent placeholder, is one of them.
 *
 * @see https://eprint.iacr.org/2020/1244 table 1
 */
const smallOrder: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Whether anyone can forge signatures for a public key: Ed25519 of small order, RSA with the exponent 1. */
export function isWeakKey(key: KeyObject): boolean {
  const { publicExponent = 3n } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return publicExponent <= 1n;
  if (key.asymmetricKeyType !== 'ed25519') return false;
  const y = Buffer.from(key.export({ format: 'der', type: 'spki' }).subarray(-32));
  y[31] = (y[31] ?? 0) & 0x7f;
  return smallOrder.has(y.toString('hex'));
}
