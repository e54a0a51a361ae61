import { createHash, type KeyObject, sign as signWithPrivateKey } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { toIsoInstant, toUnixSeconds } from '../../lambdas/domain/time.ts';
import { changedJson, compact, fieldsOf } from './custom-signers.ts';
import { type Signer, type Signing, withHeaders } from './draft.ts';

/** The keys with which a test signs as SNS, PayPal, Plaid and eBay do, and their names on the providers' servers. */
export interface ProviderKeys {
  readonly sns: string | KeyObject;
  readonly paypal: string | KeyObject;
  readonly plaid: string | KeyObject;
  readonly ebay: string | KeyObject;
  readonly snsCertificate: string;
  readonly paypalCertificate: string;
  readonly plaidKeyId: string;
  readonly ebayKeyId: string;
}

/** Signers for the providers that only sign themselves. Their checks must get these keys from servers of the test. */
export const providerSigners = (keys: ProviderKeys) =>
  ({
    sns: (draft, signing) => changedJson(draft, (message) => signedMessage(message, signing, keys)),

    paypal: (draft, signing) => {
      const time = toIsoInstant(signing.at);
      const { webhookId } = fieldsOf(signing);
      const signed = `${signing.messageId}|${time}|${webhookId}|${crc32(draft.body)}`;
      return withHeaders(draft, {
        'paypal-transmission-id': signing.messageId,
        'paypal-transmission-time': time,
        'paypal-transmission-sig': signature('sha256', signed, keys.paypal),
        'paypal-auth-algo': 'SHA256withRSA',
        'paypal-cert-url': `https://api.paypal.com/v1/notifications/certs/${keys.paypalCertificate}`,
      });
    },

    ebay: (draft) => {
      const signed = signature('sha1', draft.body, keys.ebay);
      const claim = { alg: 'ecdsa', kid: keys.ebayKeyId, signature: signed, digest: 'SHA1' };
      return withHeaders(draft, {
        'x-ebay-signature': Buffer.from(JSON.stringify(claim)).toString('base64'),
      });
    },

    plaid: (draft, signing) => {
      const { environment } = fieldsOf(signing);
      const sent = changedJson(draft, (event) => ({ ...event, environment }));
      const claims = {
        iat: toUnixSeconds(signing.at),
        request_body_sha256: createHash('sha256').update(sent.body).digest('hex'),
      };
      const token = compact({ alg: 'ES256', kid: keys.plaidKeyId, typ: 'JWT' }, claims, (content) =>
        signWithPrivateKey('sha256', content, {
          ...(typeof keys.plaid === 'string' ? { key: keys.plaid } : { key: keys.plaid }),
          dsaEncoding: 'ieee-p1363',
        }),
      );
      return withHeaders(sent, { 'plaid-verification': token });
    },
  }) as const satisfies Readonly<Record<string, Signer>>;

const signature = (hash: string, content: string | Uint8Array, key: string | KeyObject): string =>
  signWithPrivateKey(hash, Buffer.from(content), key).toString('base64');

const signedFields = 'Message MessageId Subject SubscribeURL Timestamp Token TopicArn Type'.split(' ');

/** Takes the first topic of the secret, unless the message has one of its topics. */
function signedMessage(message: Readonly<Record<string, unknown>>, signing: Signing, keys: ProviderKeys) {
  const topics = (fieldsOf(signing)['arns'] ?? '').split('\n');
  const topic = topics.find((arn) => arn === message['TopicArn']) ?? topics[0] ?? '';
  const fields: Readonly<Record<string, unknown>> = { ...message, TopicArn: topic };
  const text = signedFields
    .filter((name) => fields[name] !== undefined)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('');
  return {
    ...fields,
    SignatureVersion: '2',
    Signature: signature('sha256', text, keys.sns),
    SigningCertURL: `https://sns.${topic.split(':')[3]}.amazonaws.com/${keys.snsCertificate}`,
  };
}
