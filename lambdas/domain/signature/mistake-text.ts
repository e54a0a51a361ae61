import type { SecretFormat } from './key.ts';
import type { Mistake } from './mistaken-secret.ts';

/** What was seen where a secret belongs; of the value itself nothing is told. */
const seen: Readonly<Record<Mistake, string>> = {
  nothing: 'nothing that can be seen',
  placeholder: 'a placeholder',
  masked: 'a secret that is shown in part only',
  json: 'JSON',
  assignment: 'a name with its value',
  reference: 'the place of a secret, such as a URL or an ARN',
  'weak-key': 'a public key for which anybody can sign',
  'public-key': 'a public key',
  'private-key': 'a private key',
  certificate: 'a certificate',
};

/** Says what a value is, and what is expected instead, e.g. `a public key, no secret; the provider's shared secret is expected`. */
export const mistakeText = (mistake: Mistake, format: SecretFormat): string =>
  `${seen[mistake]}, no secret; ${expectedSecret(format)} is expected${advice[mistake] ?? ''}`;

const advice: Readonly<Partial<Record<Mistake, string>>> = {
  'private-key': ' (a private key belongs to who signs: if it was shown to anybody else, make a new pair)',
  assignment: ' (without its name)',
};

export function expectedSecret(format: SecretFormat): string {
  if (typeof format === 'object') return `the ${format.called}`;
  return format === 'ed25519' ? 'the Ed25519 public key' : "the provider's shared secret";
}
