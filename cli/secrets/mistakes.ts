import { readSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { SecretFormat } from '../../lambdas/domain/signature/key.ts';
import { expectedSecret, mistakeText } from '../../lambdas/domain/signature/mistake-text.ts';

/** Whether quotes stand around a value, as in a settings file: they would become part of the secret. */
export const isQuoted = (value: string): boolean =>
  /^\s*(?:"[\s\S]+"|'[\s\S]+'|`[\s\S]+`|[“„«‘‚][\s\S]+[”“»’‘])\s*$/.test(value);

/**
 * Says what is wrong with the stored secret of a source, and what comes of it.
 *
 * @returns undefined when it is one
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
