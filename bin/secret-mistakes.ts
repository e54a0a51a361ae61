import { readSecretValue } from '../lambdas/domain/provider/secret.ts';
import type { SecretFormat } from '../lambdas/domain/signature/key.ts';
import type { Mistake } from '../lambdas/domain/signature/mistaken-secret.ts';

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
  `${seen[mistake]}, no secret; ${expected(format)} is expected${advice[mistake] ?? ''}`;

/** Whether quotes stand around a value, as in a settings file: they would become part of the secret. */
export const isQuoted = (value: string): boolean =>
  /^\s*(?:"[\s\S]+"|'[\s\S]+'|`[\s\S]+`|[“„«‘‚][\s\S]+[”“»’‘])\s*$/.test(value);

const advice: Readonly<Partial<Record<Mistake, string>>> = {
  'private-key': ' (a private key belongs to who signs: if it was shown to anybody else, make a new pair)',
  assignment: ' (without its name)',
};

/**
 * Says what is wrong with the stored secret of a source, and what comes of it.
 *
 * @returns undefined when it is one
 */
export function secretFault(stored: string | undefined, format: SecretFormat): string | undefined {
  if (stored === undefined) return 'not set: every request is answered 503';
  const { value, mistake } = readSecretValue(stored, format);
  if (value === undefined) {
    const state =
      mistake === undefined
        ? `holds a value that is no secret of this provider; ${expected(format)} is expected`
        : `holds ${mistakeText(mistake, format)}`;
    return `${state}: every request is answered 503`;
  }
  return isQuoted(stored) ? 'stands in quotes, which count as part of it: store it without them' : undefined;
}

function expected(format: SecretFormat): string {
  if (typeof format === 'object') return `the ${format.called}`;
  return format === 'ed25519' ? 'the Ed25519 public key' : "the provider's shared secret";
}
