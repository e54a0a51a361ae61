import { createHash, createHmac } from 'node:crypto';
import { queryOf } from '../../raw-request.ts';
import { decodeStrictly } from '../../signature/encoding.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import type { OwnFormat, VerificationKey } from '../../signature/key.ts';
import { bodyHash } from '../body-hash.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { fieldOf, readForm } from '../form.ts';
import { type Handshake, refusedChallenge, textResponse } from '../handshake.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, code } from '../provider-dsl.ts';

const keyPair: OwnFormat = {
  called: 'publicKey:privateKey',
  parse(secret) {
    const [publicKey, privateKey, ...more] = secret.split(':');
    const isPair = publicKey && privateKey && more.length === 0 && !/[\s"'{}]/.test(secret);
    return isPair ? { kind: 'fields', fields: { publicKey, privateKey } } : undefined;
  },
};

const payloads = /^[A-Za-z0-9+=/\n]+$/;
const sha1Hex = 40;
/** The list has a signature of about sixty characters for each key pair of the gateway. */
const maxListLength = 8 * 1024;

/** The HMAC's key is the SHA-1 of the private key, as bytes. */
const mac = (privateKey: string, text: string): Buffer =>
  createHmac('sha1', createHash('sha1').update(privateKey).digest()).update(text).digest();

const pairOf = (key: VerificationKey) =>
  key.kind === 'fields'
    ? ([key.fields['publicKey'] ?? '', key.fields['privateKey'] ?? ''] as const)
    : undefined;

/** Each key pair of the gateway signs the payload; the public key finds ours in the list. */
const check: Check = ({ body: bytes }, keys) => {
  const form = readForm(bytes);
  if (form === undefined) return refusedFor('over-1000-fields');
  const [payload, list] = [fieldOf(form, 'bt_payload'), fieldOf(form, 'bt_signature')];
  if (!payload || !list || list.length > maxListLength || !payloads.test(payload))
    return refusedFor('malformed-body');
  const signatures = list.split('&').map((entry) => entry.split('|'));
  const matching = keys.filter((key) => {
    const [publicKey, privateKey = ''] = pairOf(key) ?? [];
    const sent = signatures
      .filter(([owner, hex]) => owner === publicKey && hex?.length === sha1Hex)
      .map(([, hex = '']) => decodeStrictly(hex, 'hex'))
      .filter((decoded) => decoded !== undefined);
    // A form parser may have dropped the final line break.
    const texts = [payload, `${payload}\n`].map((text) => mac(privateKey, text));
    return sent.flatMap((given) => texts.filter((expected) => equalBytes(expected, given))).length > 0;
  });
  return matching.length > 0 ? accepted : refusedFor('mismatch');
};

/** Exactly Braintree's challenges, so that the response never contains the signature of a notification. */
const challenges = /^[a-f0-9]{20,32}$/;
const invalid = refusedChallenge(400, 'invalid_request');

const challenge: Handshake = {
  methods: ['GET'],
  unsigned: ({ method, url }, keys) => {
    const [pair] = keys.map(pairOf).filter((found) => found !== undefined);
    if (method !== 'GET' || pair === undefined) return undefined;
    const text = fieldOf(queryOf({ url }), 'bt_challenge') ?? '';
    const [publicKey, privateKey] = pair;
    return challenges.test(text)
      ? textResponse(`${publicKey}|${mac(privateKey, text).toString('hex')}`)
      : invalid;
  },
};

/** The XML as text, and its kind. The whole form is kept for Braintree's own library. */
function readNotification(bytes: Uint8Array): unknown {
  const form = readForm(bytes);
  const [btPayload, btSignature] = [fieldOf(form, 'bt_payload'), fieldOf(form, 'bt_signature')];
  if (btPayload === undefined) return undefined;
  const xml = Buffer.from(btPayload, 'base64').toString('utf8');
  const kind = /<kind>([a-z_]{1,100})<\/kind>/.exec(xml)?.[1];
  return { bt_payload: btPayload, bt_signature: btSignature, xml, kind };
}

/** Hashes the payload with its final line break, even if a form parser dropped it: both variants are one event. */
const hashOfPayload = code(({ payload }) =>
  bodyHash(Buffer.from(`${String(propertyAt(payload, 'bt_payload')).replace(/\n$/, '')}\n`, 'utf8')),
);

/** @see https://developer.paypal.com/braintree/docs/guides/webhooks/parse/node/ */
export const braintree: Provider = {
  secret: keyPair,
  signature: check,
  body: readNotification,
  id: hashOfPayload,
  bodyId: hashOfPayload,
  type: body('kind'),
  attributes: {},
  forward: [],
  handshake: challenge,
};
