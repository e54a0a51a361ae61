import { Option } from 'commander';
import type * as v from 'valibot';
import type { SecretView } from '../../lambdas/management/schemas.ts';
import { readSecretInput } from '../secrets/prompt.ts';

type Secret = v.InferOutput<typeof SecretView>;

/** Whether an endpoint's secret is brought along. */
export interface SecretOptions {
  readonly secretStdin?: boolean;
}

/** Never an argument: those are in the shell's history, and in the list of processes. */
export const secretOption = (): Option =>
  new Option(
    '--secret-stdin',
    'read the secret (whsec_… or whsk_…) from standard input (default: a generated one)',
  );

/** The secret that is brought along; undefined when one is to be made. */
export const readSecretOption = async ({ secretStdin }: SecretOptions): Promise<string | undefined> =>
  secretStdin ? (await readSecretInput('Secret of the endpoint')).trim() : undefined;

/** Whoever gave a secret knows it; a terminal or a log need not. The public half of a key that was given stays. */
export const hideGivenSecret = (secret: Secret, given: string | undefined): ShownSecret =>
  secret.secret === given ? { ...secret, secret: undefined } : secret;

/** A secret for the receiver; without its text when that was given. */
export type ShownSecret = Omit<Secret, 'secret'> & { readonly secret?: string };
