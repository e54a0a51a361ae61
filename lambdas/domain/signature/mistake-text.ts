import type { SecretFormat } from './key.ts';
import type { Mistake } from './mistaken-secret.ts';

/** Names each kind of mistake without repeating any of the value. */
const descriptions: Readonly<Record<Mistake, string>> = {
  nothing: 'an empty text or invisible characters',
  placeholder: 'a placeholder',
  masked: 'a masked secret',
  json: 'JSON',
  assignment: 'a name with a value',
  reference: 'a reference to a secret, such as a URL or an ARN',
  'weak-key': 'a weak public key, for which anyone can forge signatures',
  'public-key': 'a public key',
  'private-key': 'a private key',
  certificate: 'a certificate',
};

/**
 * Says what a value is and what belongs there, e.g. `a public key, not a secret; expected the provider's shared
 * secret`.
 */
export const mistakeText = (mistake: Mistake, format: SecretFormat): string =>
  `${descriptions[mistake]}, not a secret; expected ${expectedSecret(format)}${advice[mistake] ?? ''}`;

const advice: Readonly<Partial<Record<Mistake, string>>> = {
  'private-key':
    ' (a private key must stay with its owner: if anyone else has seen it, create a new key pair)',
  assignment: ' (without its name)',
};

/** Names the secret that belongs there, for the end of an error message. */
export function expectedSecret(format: SecretFormat): string {
  if (typeof format === 'object') return `the ${format.called}`;
  return format === 'ed25519' ? 'the Ed25519 public key' : "the provider's shared secret";
}
