import { verify as verifyWithPublicKey } from 'node:crypto';
import { decodeStrictly } from '../../signature/encoding.ts';
import type { OwnFormat, VerificationKey } from '../../signature/key.ts';
import { type CertificatePin, trustedLeaf } from '../certificates.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { fieldOf, readForm } from '../form.ts';
import { emptyResponse, type Handshake, refusedChallenge } from '../handshake.ts';
import { parsePayload, readUnverifiedJson } from '../payload.ts';
import { propertyOf } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body } from '../provider-dsl.ts';

const topicArn = /^arn:aws(?:-[a-z]+)*:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_.-]{1,256}$/;

/** Anyone can create a topic and have AWS sign its messages, so only listed topics are trusted. */
const allowedTopics: OwnFormat = {
  called: 'list of topic ARNs, one a line',
  parse(secret) {
    const arns = secret.split(/\s+/);
    return arns.every((arn) => topicArn.test(arn))
      ? { kind: 'fields', fields: { arns: arns.join('\n') } }
      : undefined;
  },
};

const amazon: CertificatePin = {
  commonName: /^sns(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/,
  issuerHost: /^crt\.[a-z0-9]+\.amazontrust\.com$/,
};
/** Must not match S3: a bucket may be named `sns`. */
const host = /^sns\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com(\.cn)?$/;
const certificatePath = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;

const digests: ReadonlyMap<unknown, string> = new Map([
  ['1', 'sha1'],
  ['2', 'sha256'],
]);

const ofConfirmations = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
/** The signed fields in order; an absent one is left out. */
const signedFields: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['Notification', ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']],
  ['SubscriptionConfirmation', ofConfirmations],
  ['UnsubscribeConfirmation', ofConfirmations],
]);
const mayBeAbsent = 'Subject';

/** The body contains the signature and the URL of the certificate. */
const check: Check = async ({ body: bytes }, keys, context) => {
  const payload = readUnverifiedJson(bytes);
  if (!payload.ok) return refusedFor(payload.reason);
  const message = payload.value;
  const signed = signedText(message);
  const digest = digests.get(propertyOf(message, 'SignatureVersion'));
  const signature = decodeStrictly(shortText(propertyOf(message, 'Signature')), 'base64');
  if (signed === undefined || digest === undefined || signature === undefined)
    return refusedFor('malformed-body');
  const topic = shortText(propertyOf(message, 'TopicArn'));
  if (!isAllowed(topic, keys)) return refusedFor('wrong-recipient');
  const url = snsUrl(propertyOf(message, 'SigningCertURL'), topic);
  if (url === undefined || !certificatePath.test(url.pathname) || url.search !== '')
    return refusedFor('untrusted-key');
  const { isThere, text } = await context.fetchKey(url);
  const certificate = isThere ? await trustedLeaf(text, amazon, context) : undefined;
  if (certificate === undefined) return refusedFor('untrusted-key');
  const isRight = verifyWithPublicKey(digest, Buffer.from(signed, 'utf8'), certificate.publicKey, signature);
  return isRight ? accepted : refusedFor('mismatch');
};

/** Signatures, ARNs and URLs of SNS have a few hundred characters. */
const maxTextLength = 2048;

/** @returns an empty text for a value that is not a text, or is longer than SNS sends */
const shortText = (value: unknown): string =>
  typeof value === 'string' && value.length <= maxTextLength ? value : '';

/** @returns undefined when a field is missing or is not a text */
function signedText(message: unknown): string | undefined {
  const names = signedFields.get(propertyOf(message, 'Type'));
  const present = names?.filter((name) => name !== mayBeAbsent || propertyOf(message, name) !== undefined);
  const values = present?.map((name) => propertyOf(message, name));
  if (!values?.every((value) => typeof value === 'string')) return undefined;
  // With line breaks in other fields than `Message`, one signature could fit several messages.
  const isUnambiguous = present?.every(
    (name, index) => name === 'Message' || !/[\r\n]/.test(values[index] ?? ''),
  );
  if (!isUnambiguous) return undefined;
  return present?.map((name, index) => `${name}\n${values[index]}\n`).join('');
}

const isAllowed = (topic: string, keys: readonly VerificationKey[]): boolean =>
  keys.some((key) => key.kind === 'fields' && key.fields['arns']?.split('\n').includes(topic));

/** @returns undefined unless the URL is on SNS's own host in the topic's region */
function snsUrl(value: unknown, topic: string): URL | undefined {
  const text = shortText(value);
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.hash === '';
  const region = host.exec(url.hostname)?.[1];
  return isPlain && region !== undefined && region === topicArn.exec(topic)?.[1] ? url : undefined;
}

const invalid = refusedChallenge(400, 'invalid_body');

/** Confirms a subscription by calling its URL. Does not call it after an unsubscribe: that would subscribe again. */
const confirmation: Handshake = {
  signed: async ({ body: bytes }, _keys, { visit }) => {
    const message = parsePayload(bytes, 'json');
    const [type, topic] = [propertyOf(message, 'Type'), propertyOf(message, 'TopicArn')];
    if (type === 'UnsubscribeConfirmation') return emptyResponse;
    if (type !== 'SubscriptionConfirmation') return undefined;
    const url = snsUrl(propertyOf(message, 'SubscribeURL'), shortText(topic));
    const query = url && readForm(url.search.slice(1));
    const isConfirmation =
      fieldOf(query, 'Action') === 'ConfirmSubscription' && fieldOf(query, 'TopicArn') === topic;
    if (url === undefined || !isConfirmation) return invalid;
    await visit(url);
    return emptyResponse;
  },
};

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
export const sns: Provider = {
  secret: allowedTopics,
  signature: check,
  body: 'json',
  id: body('MessageId'),
  bodyId: body('MessageId'),
  type: body('Type'),
  attributes: { topic: body('TopicArn') },
  forward: [],
  handshake: confirmation,
};
