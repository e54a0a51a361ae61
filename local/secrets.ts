import { randomBytes } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientConfig, type Endpoint } from './endpoint.ts';
import type { LocalOutputs } from './outputs.ts';

/** Gives every source's secret a random value in its provider's own format, unless it has one. */
export async function seedSecrets(
  endpoint: Endpoint,
  sources: LocalOutputs['inbound']['sources'],
): Promise<void> {
  const client = new SecretsManagerClient(clientConfig(endpoint));
  await Promise.all(
    Object.values(sources).map(async ({ secretArn, provider }) => {
      if ((await readSecret(client, secretArn)) !== undefined) return;
      await client.send(
        new PutSecretValueCommand({ SecretId: secretArn, SecretString: randomSecret(provider) }),
      );
    }),
  );
}

/** @returns undefined while the secret has no value */
export async function readSecret(client: SecretsManagerClient, id: string): Promise<string | undefined> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    return SecretString || undefined;
  } catch (error) {
    // How AWS says that a secret was created without a value.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** A secret as this provider's dashboard would show it. */
export function randomSecret(provider: string): string {
  switch (provider) {
    case 'stripe':
      return `whsec_${randomBytes(24).toString('hex').slice(0, 32)}`;
    case 'standard-webhooks':
      return `whsec_${randomBytes(32).toString('base64')}`;
    case 'shopify':
      return `shpss_${randomBytes(16).toString('hex')}`;
    default:
      return randomBytes(32).toString('hex');
  }
}
