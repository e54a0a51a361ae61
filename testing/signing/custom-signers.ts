import { createHash, createHmac, sign as signWithPrivateKey } from 'node:crypto';
import { parseJson } from '../../lambdas/domain/json.ts';
import { isForm, readForm } from '../../lambdas/domain/provider/form.ts';
import { sortedParameters } from '../../lambdas/domain/provider/sorted-parameters.ts';
import { toUnixSeconds } from '../../lambdas/domain/time.ts';
import {
  CannotSignError,
  type Draft,
  needsPrivateKey,
  type Signer,
  type Signing,
  withHeaders,
} from './draft.ts';

/** Signers for the providers with custom verification code. */
export const customSigners: Readonly<Record<string, Signer>> = {
  twilio: (draft, signing) => {
    const form = isForm(Buffer.from(draft.body).toString('utf8')) ? readForm(draft.body) : undefined;
    const digest = createHash('sha256').update(draft.body).digest('hex');
    const url = form ? draft.url : `${draft.url}${draft.url.includes('?') ? '&' : '?'}bodySHA256=${digest}`;
    const text = url + (form ? sortedParameters(form) : '');
    const signature = hmac('sha1', signing, text).toString('base64');
    return withHeaders({ ...draft, url }, { 'x-twilio-signature': signature });
  },

  mandrill: (draft, signing) => {
    const form = readForm(draft.body);
    if (form === undefined) throw new CannotSignError('The form has more fields than a receiver reads.');
    const signature = hmac('sha1', signing, draft.url + sortedParameters(form)).toString('base64');
    return withHeaders(draft, { 'x-mandrill-signature': signature });
  },

  mailgun: (draft, signing) => {
    const timestamp = String(toUnixSeconds(signing.at));
    const token = createHash('sha256').update(signing.messageId).digest('hex').slice(0, 50);
    const signature = hmac('sha256', signing, timestamp + token).toString('hex');
    return changedJson(draft, (event) => ({
      ...event,
      signature: { timestamp, token, signature },
    }));
  },

  adyen: (draft, signing) =>
    changedJson(draft, (event) => ({
      ...event,
      notificationItems: list(event['notificationItems']).map((entry) => signedItem(entry, signing)),
    })),

  braintree: (draft, signing) => {
    const { publicKey = '', privateKey = '' } = fieldsOf(signing);
    const payload = `${Buffer.from(draft.body).toString('base64')}\n`;
    const key = createHash('sha1').update(privateKey).digest();
    const signature = `${publicKey}|${createHmac('sha1', key).update(payload).digest('hex')}`;
    const form = new URLSearchParams({ bt_signature: signature, bt_payload: payload });
    return { ...draft, body: Buffer.from(form.toString()) };
  },

  contentful: (draft, signing) => {
    const listHeader = 'x-contentful-signed-headers';
    const timestamped = { ...draft.headers, 'x-contentful-timestamp': String(signing.at) };
    const names = [...Object.keys(timestamped), listHeader].sort();
    const headers: Record<string, string> = { ...timestamped, [listHeader]: names.join(',') };
    const { pathname } = new URL(draft.url);
    const head = [draft.method, pathname, names.map((name) => `${name}:${headers[name]}`).join(';'), ''];
    const text = Buffer.concat([Buffer.from(head.join('\n')), draft.body]);
    const signature = hmac('sha256', signing, text).toString('hex');
    return { ...draft, headers: { ...headers, 'x-contentful-signature': signature } };
  },

  box: (draft, signing) => {
    const { primary = '' } = fieldsOf(signing);
    const time = new Date(signing.at).toISOString();
    const signature = createHmac('sha256', primary).update(draft.body).update(time).digest('base64');
    return withHeaders(draft, {
      'box-delivery-timestamp': time,
      'box-signature-version': '1',
      'box-signature-algorithm': 'HmacSHA256',
      'box-signature-primary': signature,
    });
  },

  buildkite: (draft, signing) => {
    const timestamp = String(toUnixSeconds(signing.at));
    const signature = hmac('sha256', signing, stamped(timestamp, draft)).toString('hex');
    return withHeaders(draft, { 'x-buildkite-signature': `timestamp=${timestamp},signature=${signature}` });
  },

  persona: (draft, signing) => {
    const timestamp = String(toUnixSeconds(signing.at));
    const signature = hmac('sha256', signing, stamped(timestamp, draft)).toString('hex');
    return withHeaders(draft, { 'persona-signature': `t=${timestamp},v1=${signature}` });
  },

  strava: (draft, signing) => {
    const { subscriptionId } = fieldsOf(signing);
    if (subscriptionId === undefined)
      throw new CannotSignError(
        'The secret has no subscriptionId yet: set it again with the one in Strava’s response to the new subscription.',
      );
    return changedJson(draft, (event) => ({ ...event, subscription_id: Number(subscriptionId) }));
  },

  msgraph: (draft, { key }) => {
    const clientState = key.kind === 'token' ? Buffer.from(key.bytes).toString('utf8') : '';
    return changedJson(draft, (event) => ({
      ...event,
      value: list(event['value']).map((item) => ({ ...object(item), clientState })),
    }));
  },

  monday: (draft, signing) => {
    const now = toUnixSeconds(signing.at);
    const claims = { accountId: 1, userId: 1, aud: draft.url, iat: now, exp: now + 300 };
    return withHeaders(draft, { authorization: token(signing, claims) });
  },

  fusionauth: (draft, signing) => {
    const claims = { request_body_sha256: createHash('sha256').update(draft.body).digest('base64') };
    return withHeaders(draft, { 'x-fusionauth-signature-jwt': token(signing, claims) });
  },
};

/** Providers that only sign themselves, with a way to get a signed event. */
export const onlyTheProviderSigns: Readonly<Record<string, string>> = {
  sns: 'Only AWS can sign an SNS message: publish one to the topic instead (aws sns publish).',
  paypal: 'Only PayPal can sign its webhooks: resend one under Webhook Events in its dashboard.',
  ebay: 'Only eBay can sign its notifications: send a test under Alerts & Notifications of its developer account.',
  plaid: 'Only Plaid can sign its webhooks: fire one with its API, /sandbox/item/fire_webhook.',
};

const stamped = (timestamp: string, { body }: Draft): Uint8Array =>
  Buffer.concat([Buffer.from(`${timestamp}.`), body]);

const hmac = (hash: string, { key }: Pick<Signing, 'key'>, content: string | Uint8Array): Buffer =>
  createHmac(hash, key.kind === 'hmac' ? key.secretKey : '')
    .update(content)
    .digest();

/** The parts of a secret of several fields. */
export const fieldsOf = ({ key }: Signing): Readonly<Record<string, string>> =>
  key.kind === 'fields' ? key.fields : {};

/** A JSON Web Token of the claims, by the kind of the key. */
function token({ key, privateKey }: Signing, claims: object): string {
  if (key.kind === 'hmac')
    return compact({ alg: 'HS256', typ: 'JWT' }, claims, (content) => hmac('sha256', { key }, content));
  if (privateKey === undefined) throw new CannotSignError(needsPrivateKey);
  const alg = privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
  return compact({ alg, typ: 'JWT' }, claims, (content) =>
    signWithPrivateKey('sha256', content, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  );
}

/**
 * Signs a JSON Web Token in a plain call, which `jose` cannot: the signers of tests do not wait.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-7.1
 */
export function compact(header: object, claims: object, sign: (content: Buffer) => Buffer): string {
  const parts = [header, claims].map((json) => Buffer.from(JSON.stringify(json)).toString('base64url'));
  const content = parts.join('.');
  return `${content}.${sign(Buffer.from(content)).toString('base64url')}`;
}

/**
 * Changes a JSON body, to put a signature into it; the rest of the JSON is rewritten, too.
 *
 * @throws CannotSignError when the body is not JSON
 */
export function changedJson(draft: Draft, change: (event: Record<string, unknown>) => object): Draft {
  const event = jsonIn(draft.body);
  return { ...draft, body: Buffer.from(JSON.stringify(change(object(event)))) };
}

function jsonIn(body: Uint8Array): unknown {
  const json = parseJson(Buffer.from(body).toString('utf8'));
  if (json !== undefined) return json;
  throw new CannotSignError('The signature is part of the body, which must be JSON, and is not.');
}

const object = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function signedItem(entry: unknown, signing: Signing): object {
  const item = object(object(entry)['NotificationRequestItem']);
  const amount = object(item['amount']);
  const text = [
    item['pspReference'],
    item['originalReference'],
    item['merchantAccountCode'],
    item['merchantReference'],
    amount['value'],
    amount['currency'],
    item['eventCode'],
    item['success'],
  ];
  const signed = text.map((part) => part ?? '').join(':');
  const hmacSignature = hmac('sha256', signing, signed).toString('base64');
  const additionalData = { ...object(item['additionalData']), hmacSignature };
  return { NotificationRequestItem: { ...item, additionalData } };
}
