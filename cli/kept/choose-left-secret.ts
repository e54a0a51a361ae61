import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { secretFormat, type Version } from '../secrets/check-value.ts';
import { secretVersions } from '../secrets/versions.ts';
import type { DeployedSource } from '../stack/deployment.ts';
import type { KeptSecret } from './kept-secrets.ts';

/** A secret that a source left, with its current version. */
interface LeftSecret {
  readonly arn: string;
  readonly current: Version;
}

/** The secret that a source takes over without `--from`. */
export type LeftChoice =
  | { readonly kind: 'one'; readonly secret: LeftSecret }
  /** Secrets with different values, the last changed first. */
  | { readonly kind: 'several'; readonly secrets: readonly [LeftSecret, ...LeftSecret[]] }
  /** No usable secret; `invalid` has a value that is not a secret of this provider, `error` is a read that failed. */
  | { readonly kind: 'none'; readonly invalid?: LeftSecret; readonly error?: unknown };

/**
 * Chooses among the secrets that a source left; `doctor` recommends what `adopt` then takes.
 *
 * Secrets that cannot be read, and values that are not secrets of the source's provider, do not count.
 *
 * @param kept the secrets that the stack does not use
 */
export async function chooseLeftSecret(
  client: SecretsManagerClient,
  { name, provider }: DeployedSource,
  kept: readonly KeptSecret[],
): Promise<LeftChoice> {
  const own = kept
    .filter((secret) => secret.kind === 'source' && secret.source === name)
    .sort((one, other) => (other.changedAt ?? 0) - (one.changedAt ?? 0));
  const reads = await Promise.allSettled(own.map(({ arn }) => readCurrent(client, arn)));
  const read = reads.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
  const usable = read.filter(
    ({ current }) => parseSecretValue(current.value, secretFormat(provider)) !== undefined,
  );
  const [first, ...rest] = usable;
  if (first === undefined)
    return { kind: 'none', invalid: read[0], error: reads.find((one) => one.status === 'rejected')?.reason };
  const isOne = rest.every(({ current }) => current.value === first.current.value);
  return isOne ? { kind: 'one', secret: first } : { kind: 'several', secrets: [first, ...rest] };
}

/** @returns undefined when the secret has no value */
async function readCurrent(client: SecretsManagerClient, arn: string): Promise<LeftSecret | undefined> {
  const current = await secretVersions(client, arn).current();
  return current?.value ? { arn, current } : undefined;
}
