import { randomBytes, randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { madeSecret } from '../testing/signing/made-secret.ts';
import { type AwsEndpoint, clientConfig } from './endpoint.ts';
import type { LocalOutputs } from './outputs.ts';

/** The prefix of the version that a start makes. Nothing signs with it, so the secret of a handshake may replace it. */
const randomVersion = 'hookline-local-random-';

/** Whether a version of a secret, by its id, is a random value from the start of a local AWS. */
export const isRandomVersion = (versionId: string | undefined): boolean =>
  versionId?.startsWith(randomVersion) === true;

/** Gives every source's secret a random value in its provider's format, unless it has one or only the provider can make it. */
export async function seedSecrets(
  endpoint: AwsEndpoint,
  sources: LocalOutputs['inbound']['sources'],
): Promise<void> {
  const client = new SecretsManagerClient(clientConfig(endpoint));
  await Promise.all(
    Object.values(sources).map(async ({ secretArn, provider }) => {
      if ((await readSecret(client, secretArn)) !== undefined) return;
      const SecretString = randomSecret(provider);
      if (SecretString === undefined) return;
      const ClientRequestToken = `${randomVersion}${randomUUID()}`;
      await client.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString, ClientRequestToken }));
    }),
  );
}

/** @returns undefined while the secret has no value */
export async function readSecret(client: SecretsManagerClient, id: string): Promise<string | undefined> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    return SecretString || undefined;
  } catch (error) {
    // AWS's error for a secret without a value.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 * A random secret as this provider's dashboard would show it.
 *
 * @returns undefined when only the provider can make one: a public key, a topic, the secret of a handshake
 */
export const randomSecret = (provider: string): string | undefined =>
  madeSecret(provider, randomBytes(32).toString('hex'));
