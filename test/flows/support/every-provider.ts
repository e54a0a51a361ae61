import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { CompactSign, importPKCS8 } from 'jose';
import { catalogue } from '../../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../../lambdas/domain/provider/provider.ts';
import { parseSecretValue } from '../../../lambdas/domain/provider/secret.ts';
import { toIsoInstant, toUnixSeconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { randomSecret } from '../../../local/secrets.ts';
import { sampleOf } from '../../../testing/samples/sample-of.ts';
import { type Draft, withHeaders } from '../../../testing/signing/draft.ts';
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
export async function signedSample(
  name: string,
  url: string,
  secret: string,
  keys: KeyServer['keys'],
): Promise<Draft> {
  const draft = sampleOf(name, url, unixMillis(Date.now()));
  const byServer = withKeysOfProvider[name];
  return byServer === undefined ? signed(name, draft, secret) : byServer(draft, keys);
}

/** Any request, signed now as its provider signs. */
export async function signed(name: string, draft: Draft, secret: string): Promise<Draft> {
  const row = rows[name];
  const key = row && parseSecretValue(secret, row.secret)?.keys[0]?.key;
  if (row === undefined || key === undefined) throw new Error(`${name} has no key`);
  const at = unixMillis(Date.now());
  return signRequest(name, row, draft, { key, at, messageId: randomUUID(), privateKey: privateKeys[name] });
}

/** Events that only the providers themselves can sign, with the keys of the test's servers. */
const withKeysOfProvider: Readonly<
  Record<string, (draft: Draft, keys: KeyServer['keys']) => Draft | Promise<Draft>>
> = {
  sns: (draft, keys) => snsMessage(JSON.parse(Buffer.from(draft.body).toString()), draft, keys),

  paypal: (draft, keys) => {
    const [id, time] = [randomUUID(), toIsoInstant(unixMillis(Date.now()))];
    const signed = `${id}|${time}|${webhookId}|${crc32(draft.body)}`;
    return withHeaders(draft, {
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': sign('sha256', Buffer.from(signed), keys.paypal).toString('base64'),
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-cert-url': `https://api.paypal.com/v1/notifications/certs/${keys.paypalCertificate}`,
    });
  },

  ebay: (draft, keys) => {
    const signature = sign('sha1', draft.body, keys.ebay).toString('base64');
    const claim = { alg: 'ecdsa', kid: keys.ebayKeyId, signature, digest: 'SHA1' };
    return withHeaders(draft, { 'x-ebay-signature': Buffer.from(JSON.stringify(claim)).toString('base64') });
  },

  plaid: async (draft, keys) => {
    const claims = {
      iat: toUnixSeconds(unixMillis(Date.now())),
      request_body_sha256: createHash('sha256').update(draft.body).digest('hex'),
    };
    const token = await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'ES256', kid: keys.plaidKeyId, typ: 'JWT' })
      .sign(await importPKCS8(keys.plaid, 'ES256'));
    return withHeaders(draft, { 'plaid-verification': token });
  },
};

/** A message of SNS with these fields. */
export function snsMessage(
  fields: Readonly<Record<string, string>>,
  draft: Draft,
  keys: KeyServer['keys'],
): Draft {
  const message = { ...fields, TopicArn: topic };
  const signedFields = [
    'Message',
    'MessageId',
    'Subject',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ];
  const values: Readonly<Record<string, string>> = message;
  const text = signedFields
    .filter((name) => values[name] !== undefined)
    .map((name) => `${name}\n${values[name]}\n`)
    .join('');
  const body = {
    ...message,
    SignatureVersion: '2',
    Signature: sign('sha256', Buffer.from(text), keys.sns).toString('base64'),
    SigningCertURL: `https://sns.us-east-1.amazonaws.com/${keys.snsCertificate}`,
  };
  return { ...draft, body: Buffer.from(JSON.stringify(body)) };
}
