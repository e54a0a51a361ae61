import { isQuoted, secretFault } from '../../../cli/secrets/mistakes.ts';
import type { SecretsClient } from '../../../lambdas/adapters/secrets/commands.ts';
import { handshakeSecret } from '../../../lambdas/adapters/secrets/handshake-secret.ts';
import { masterSecret } from '../../../lambdas/adapters/secrets/master-secret.ts';
import { signingSecret } from '../../../lambdas/adapters/secrets/signing-secret.ts';
import { parseSecret, verifierOf } from '../../../lambdas/domain/endpoint-secret.ts';
import { catalogue } from '../../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../../../lambdas/domain/provider/secret.ts';
import { seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { vectorFiles } from '../../support/fixtures/vectors.ts';
import type { Wall } from '../../support/hostile/wall.ts';

const now = unixMillis(1_795_000_000_000);
const rows: readonly Provider[] = Object.values(catalogue);
const formats = new Set([
  ...rows.map(({ secret }) => secret),
  ...([
    'text',
    'base64',
    'token',
    'basic',
    'token-or-whsec',
    'ed25519',
    'standard-webhooks',
    'whsec',
  ] as const),
]);

/** For long texts: they all recognise mistakes in the same way, which takes the time. */
const fewFormats = ['text', 'standard-webhooks'] as const;

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const storable = (text: string): string => text.slice(0, 65_536);

/** A Secrets Manager in which every secret has this value. */
const secretsWith = (SecretString: string): SecretsClient => {
  const send = async () => ({ SecretString, CreatedDate: new Date(now), VersionId: 'v' });
  const client: unknown = { send };
  return client as SecretsClient;
};

const listed = {
  keys: [{ key: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', notAfter: '2026-12-01T00:00:00Z' }],
};
/** The secrets of providers that have several fields. */
const ofSeveralFields = vectorFiles.flatMap(([, { vectors }]) => {
  const { secret = '' } = vectors[0] ?? {};
  return secret.startsWith('{') ? [JSON.parse(secret) as object] : [];
});

const sourceSecret: Wall = {
  name: 'the secret of a source',
  files: [
    'lambdas/domain/provider/secret.ts',
    'lambdas/domain/provider/awaited-secret.ts',
    'lambdas/domain/signature/key.ts',
    'lambdas/domain/signature/asymmetric-text.ts',
    ...['meta', 'strava', 'box', 'plaid', 'ebay'].map(
      (name) => `lambdas/domain/provider/providers/${name}.ts`,
    ),
  ],
  valid: [listed, { awaitHandshakeUntil: '2026-12-01T00:00:00Z' }, ...ofSeveralFields],
  async feed(given) {
    const text = storable(given);
    isQuoted(text);
    for (const format of text.length > 10_000 ? fewFormats : formats) {
      parseSecretValue(text, format);
      const fault = secretFault(text, format);
      if (fault?.includes(text) && text.length > 8) throw new Error(`the fault repeats the secret: ${fault}`);
    }
    const awaited = handshakeSecret(secretsWith(text), 's', 'text', seconds(3600));
    await awaited.isAwaited(now);
  },
};

const ownSecret: Wall = {
  name: 'the signing secret and the master secret',
  files: ['lambdas/domain/endpoint-secret.ts'],
  valid: [listed],
  throws: ['SigningSecretError', 'SealedSecretError'],
  async feed(given) {
    const text = storable(given);
    verifierOf(text);
    parseSecret(text);
    parseSecret(`whsec_${text}`);
    parseSecret(`whsk_${text}`);
    const master = masterSecret(secretsWith(text), 'master');
    const owner = newEndpoint(now);
    const sealed = await settled(master.seal('a secret', owner, now));
    if (sealed !== undefined)
      await settled(master.open({ ...sealed, sealed: text.slice(0, 1000) }, owner, now));
    await signingSecret(secretsWith(text), 'signing').keys(now);
  },
};

/** @returns undefined after an error that is expected @throws any other error */
async function settled<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && error.name === 'SealedSecretError') return undefined;
    throw error;
  }
}

export const secretWalls: readonly Wall[] = [sourceSecret, ownSecret];
