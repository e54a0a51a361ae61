import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { catalogue } from '../../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../../../lambdas/domain/provider/secret.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { randomSecret } from '../../../local/secrets.ts';
import { sampleOf } from '../../../testing/samples/sample-of.ts';
import type { Draft } from '../../../testing/signing/draft.ts';
import { providerSigners } from '../../../testing/signing/provider-signers.ts';
import { signRequest } from '../../../testing/signing/sign-request.ts';
import type { KeyServer } from './key-server.ts';

export const providers: readonly (readonly [string, Provider])[] = Object.entries(catalogue);
const rows: Readonly<Record<string, Provider>> = catalogue;

const discord = generateKeyPairSync('ed25519');
const telnyx = generateKeyPairSync('ed25519');
const sendgrid = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rawKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });
const privateKeys: Readonly<Record<string, KeyObject>> = {
  discord: discord.privateKey,
  sendgrid: sendgrid.privateKey,
  telnyx: telnyx.privateKey,
};

export const topic = 'arn:aws:sns:us-east-1:111122223333:orders';
const webhookId = '9XL90610J3647323C';

/** The secret in the dashboard of each provider; undefined if its handshake sends it. */
const secretValues: Readonly<Record<string, string>> = {
  meta: '{"appSecret":"app secret","verifyToken":"verify-token"}',
  box: '{"primary":"first key","secondary":"second key"}',
  ebay: '{"clientId":"client","clientSecret":"secret","verificationToken":"verification-token","environment":"sandbox"}',
  strava: '{"verifyToken":"verify-token","subscriptionId":"120475"}',
  plaid: '{"clientId":"client","secret":"secret","environment":"sandbox"}',
  sns: topic,
  paypal: webhookId,
  discord: rawKey(discord.publicKey).subarray(-32).toString('hex'),
  sendgrid: rawKey(sendgrid.publicKey).toString('base64'),
  telnyx: rawKey(telnyx.publicKey).subarray(-32).toString('base64'),
};
export const secretValue = (name: string): string | undefined => secretValues[name] ?? randomSecret(name);

/** A new event of a provider, signed now with this secret. */
export const signedSample = (name: string, url: string, secret: string, keys: KeyServer['keys']): Draft =>
  signed(name, sampleOf(name, url, unixMillis(Date.now())), secret, keys);

/** Any request, signed now as its provider signs. @param keys of the test's servers */
export function signed(name: string, draft: Draft, secret: string, keys?: KeyServer['keys']): Draft {
  const row = rows[name];
  const key = row && parseSecretValue(secret, row.secret)?.keys[0]?.key;
  if (row === undefined || key === undefined) throw new Error(`${name} has no key`);
  const at = unixMillis(Date.now());
  const signing = { key, at, messageId: randomUUID(), privateKey: privateKeys[name] };
  return signRequest(name, row, draft, signing, keys && providerSigners(keys));
}

/** A message of SNS with these fields. */
export const snsMessage = (
  fields: Readonly<Record<string, string>>,
  draft: Draft,
  keys: KeyServer['keys'],
): Draft => signed('sns', { ...draft, body: Buffer.from(JSON.stringify(fields)) }, topic, keys);
