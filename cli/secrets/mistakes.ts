import { readSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { SecretFormat } from '../../lambdas/domain/signature/key.ts';
import { expectedSecret, mistakeText } from '../../lambdas/domain/signature/mistake-text.ts';

/** Whether a value is in quotes, as in a settings file: they would become part of the secret. */
export const isQuoted = (value: string): boolean =>
  /^\s*(?:"[\s\S]+"|'[\s\S]+'|`[\s\S]+`|[“„«‘‚][\s\S]+[”“»’‘])\s*$/.test(value);

/**
 * Describes the fault of a source's stored secret and its effect.
 *
 * @returns undefined when the secret is valid
 */
export function secretFault(stored: string | undefined, format: SecretFormat): string | undefined {
  if (stored === undefined) return 'not set: every request gets a 503';
  const { value, mistake } = readSecretValue(stored, format);
  if (value === undefined) {
    const state =
      mistake === undefined
        ? `holds a value that is not a secret of this provider; ${expectedSecret(format)} is expected`
        : `holds ${mistakeText(mistake, format)}`;
    return `${state}: every request gets a 503`;
  }
  return isQuoted(stored) ? 'is in quotes, which are part of it: store it without them' : undefined;
}
