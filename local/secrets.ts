import { randomBytes, randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ownOf } from '../lambdas/domain/own-property.ts';
import { catalogue } from '../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../lambdas/domain/provider/secret.ts';
import type { SecretFormat } from '../lambdas/domain/signature/key.ts';
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
 * A secret as this provider's dashboard would show it.
 *
 * @returns undefined when only the provider can make one: a public key, a topic, the secret of a handshake
 */
export function randomSecret(provider: string): string | undefined {
  const row = ownOf(rows, provider);
  if (row?.handshake?.secretFromHandshake !== undefined) return undefined;
  const digits = randomBytes(32).toString('hex');
  const look = ownOf(looks, provider);
  const candidates = [
    ...(look ? [look(digits)] : []),
    digits,
    `whsec_${randomBytes(32).toString('base64')}`,
    randomBytes(32).toString('base64'),
    `user:${digits}`,
  ];
  return candidates.find((candidate) => canSign(candidate, row?.secret ?? 'text'));
}

const rows: Readonly<Record<string, Provider>> = catalogue;

/** The familiar forms of some secrets. */
const looks: Readonly<Record<string, (digits: string) => string>> = {
  stripe: (digits) => `whsec_${digits.slice(0, 32)}`,
  shopify: (digits) => `shpss_${digits.slice(0, 32)}`,
  supabase: (digits) => `v1,whsec_${Buffer.from(digits, 'hex').toString('base64')}`,
  'standard-webhooks': (digits) => `whsec_${Buffer.from(digits, 'hex').toString('base64')}`,
};

function canSign(value: string, format: SecretFormat): boolean {
  const [dated] = parseSecretValue(value, format)?.keys ?? [];
  const kind = dated?.key.kind;
  return kind === 'hmac' || kind === 'token' || (kind === 'fields' && value.startsWith('user:'));
}
