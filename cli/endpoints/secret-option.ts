import { Option } from 'commander';
import type * as v from 'valibot';
import type { SecretView } from '../../lambdas/management/schemas.ts';
import { readSecretInput } from '../secrets/prompt.ts';

type Secret = v.InferOutput<typeof SecretView>;

/** Whether an endpoint's secret is given. */
export interface SecretOptions {
  readonly secretStdin?: boolean;
}

/** The secret is never an argument, which the shell's history and the process list would show. */
export const secretOption = (): Option =>
  new Option(
    '--secret-stdin',
    'read the secret (whsec_… or whsk_…) from standard input (default: a generated one)',
  );

/** The given secret; undefined when the API generates one. */
export const readSecretOption = async ({ secretStdin }: SecretOptions): Promise<string | undefined> =>
  secretStdin ? (await readSecretInput('Secret of the endpoint')).trim() : undefined;

/** Removes a secret that the caller gave from the output. The public half of a given key stays. */
export const hideGivenSecret = (secret: Secret, given: string | undefined): ShownSecret =>
  secret.secret === given ? { ...secret, secret: undefined } : secret;

/** A secret to print; without its text when the caller gave it. */
export type ShownSecret = Omit<Secret, 'secret'> & { readonly secret?: string };
