import { createHash } from 'node:crypto';
import { queryOf, type RawRequest } from '../../raw-request.ts';
import { decodeStrictly } from '../../signature/encoding.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { hmac } from '../../signature/hmac.ts';
import { bodyHash } from '../body-hash.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { type Form, fieldOf, isForm, readForm } from '../form.ts';
import { emptyResponse, type HandshakeResponse, jsonResponse } from '../handshake.ts';
import { decodeUtf8 } from '../payload.ts';
import type { Provider } from '../provider.ts';
import { body, code, first, header, joined } from '../provider-dsl.ts';
import { sortedParameters } from '../sorted-parameters.ts';

/** Twilio's default algorithm, and the one that the settings of a shared key may choose. */
const algorithms = {
  HMAC_SHA1: { hash: 'sha1', bytes: 20 },
  HMAC_SHA256: { hash: 'sha256', bytes: 32 },
} as const;

/**
 * Reads the algorithm from the header that Twilio sends with webhooks signed by a shared key. Only the hash differs.
 */
function algorithmOf({ headers }: RawRequest) {
  const settings = headers.get('x-twilio-webhooks-signature-settings');
  if (!settings) return algorithms.HMAC_SHA1;
  const fields = new Map(settings.split(',').map((field) => pair(field)));
  const name = fields.get('algorithm');
  return name === 'HMAC_SHA1' || name === 'HMAC_SHA256' ? algorithms[name] : undefined;
}

function pair(field: string): [string, string] {
  const [name = '', value = ''] = field.trim().split('=');
  return [name, value];
}

/** Twilio signs the URL and a form's parameters. For any other body the URL contains the body's hash. */
const check: Check = (request, keys) => {
  const { headers, url } = request;
  const signature = headers.get('x-twilio-signature');
  if (!signature) return refusedFor('missing-header');
  const algorithm = algorithmOf(request);
  const sent = decodeStrictly(signature, 'base64');
  if (algorithm === undefined || sent?.length !== algorithm.bytes) return refusedFor('malformed-header');
  const parameters = signedParameters(request);
  if (!Buffer.isBuffer(parameters)) return refusedFor(parameters);
  const forms = urlForms(url, parameters.byteLength);
  const matches = keys.flatMap((key) =>
    forms.map(
      (form) =>
        key.kind === 'hmac' && equalBytes(hmac(algorithm.hash, key.secretKey, form, parameters), sent),
    ),
  );
  return matches.includes(true) ? accepted : refusedFor('mismatch');
};

/**
 * Returns the signed bytes that follow the URL.
 *
 * @returns a reason when the body is not signed: the URL has another body's hash, or neither a hash nor a form binds
 * the body, or it has too many fields
 */
function signedParameters(request: RawRequest): Buffer | 'mismatch' | 'over-1000-fields' {
  const query = queryOf(request);
  if (query === undefined) return 'over-1000-fields';
  const hashInUrl = fieldOf(query, 'bodySHA256');
  if (hashInUrl !== undefined) return isHashOf(request.body, hashInUrl) ? Buffer.alloc(0) : 'mismatch';
  if (request.body.byteLength > 0 && !hasForm(request)) return 'mismatch';
  const form = readForm(request.body);
  return form === undefined ? 'over-1000-fields' : Buffer.from(sortedParameters(form), 'utf8');
}

/** The bytes decide, because the content type is not signed. */
const hasForm = ({ body: bytes }: RawRequest): boolean => isForm(decodeUtf8(bytes) ?? '');

function isHashOf(bytes: Uint8Array, hex: string): boolean {
  const sent = /^[0-9a-f]{64}$/i.test(hex) ? Buffer.from(hex, 'hex') : Buffer.alloc(0);
  return equalBytes(createHash('sha256').update(bytes).digest(), sent);
}

/** Scheme, credentials and host; the port; the path; the query with its `?`. */
const urlParts = /^(https?:\/\/(?:[^/?#@]*@)?[^/?#@:]+)(:\d+)?([^?#]*)(\?.*)?$/s;

/** Twilio's requests are smaller. Each variant of the URL costs a hash over the parameters. */
const maxParametersOfQueryForms = 64 * 1024;

/**
 * The variants of a URL that Twilio may have signed: with its port, without one, with the default port; and with an
 * apostrophe of the query as `%27`, even if the gateway decoded it.
 *
 * @see https://github.com/twilio/twilio-node/blob/main/src/webhooks/webhooks.ts
 */
function urlForms(url: string, parameterBytes: number): string[] {
  const [, host = '', port = '', path = '', query = ''] = urlParts.exec(url) ?? [];
  if (host === '') return [url];
  const defaultPort = host.startsWith('https:') ? ':443' : ':80';
  const queries =
    parameterBytes > maxParametersOfQueryForms
      ? [query]
      : [query, query.replaceAll("'", '%27'), query.replaceAll('%27', "'"), reencoded(query)];
  return [
    ...new Set(
      [port, '', defaultPort].flatMap((suffix) => queries.map((text) => `${host}${suffix}${path}${text}`)),
    ),
  ];
}

/** Decodes and re-escapes each name and value, as Twilio's libraries also try. */
function reencoded(query: string): string {
  if (query === '') return query;
  const form = readForm(query.slice(1));
  if (form === undefined) return query;
  const pairs = [...form].flatMap(([name, values]) => values.map((value) => [name, value] as const));
  return `?${pairs.map((parts) => parts.map((part) => encodeURIComponent(part)).join('=')).join('&')}`;
}

/**
 * Hashes the signed text, so that forms with the same signature are one event. Order, empty fields, escapes and the
 * boundary between name and value are not signed.
 */
const hashOfSigned = code(({ body: bytes, requestId }) => {
  if (bytes.byteLength === 0) return requestId;
  const form = isForm(decodeUtf8(bytes) ?? '') ? readForm(bytes) : undefined;
  return bodyHash(form === undefined ? bytes : Buffer.from(sortedParameters(form), 'utf8'));
});

/** The response to calls and messages: TwiML without verbs. */
const noVerbs: HandshakeResponse = { status: 200, contentType: 'text/xml', body: '<Response/>' };

/**
 * Whether the product expects JSON: TaskRouter, which fails on XML, and Conversations, which may read changes from it.
 */
function readsJson(form: Form | undefined): boolean {
  const isAssignment = fieldOf(form, 'ReservationSid') !== undefined;
  const isConversation = /^on[A-Z]/.test(fieldOf(form, 'EventType') ?? '');
  return (isAssignment || isConversation) && fieldOf(form, 'CallSid') === undefined;
}

/** Returns a response without instructions, in the format that the product reads. */
function answer(request: RawRequest): HandshakeResponse {
  const isGet = request.method === 'GET';
  if (!isGet && !hasForm(request)) return emptyResponse;
  return readsJson(isGet ? queryOf(request) : readForm(request.body)) ? jsonResponse({}) : noVerbs;
}

/** @see https://www.twilio.com/docs/usage/webhooks/webhooks-security */
export const twilio: Provider = {
  secret: 'text',
  signature: check,
  methods: ['GET'],
  queryIsContent: true,
  body: 'any',
  batch: true,
  batchOrOne: true,
  id: first(
    { from: 'body', paths: ['id'], onlyWith: 'specversion' },
    header('i-twilio-idempotency-token'),
    joined(':', body('MessageSid', 'SmsSid'), body('MessageStatus', 'SmsStatus')),
    joined(':', body('CallSid'), body('CallStatus'), body('SequenceNumber')),
    // Each input of a caller (digits or speech) is sent with the same status.
    joined(':', body('CallSid'), body('CallStatus'), hashOfSigned),
    body('id'),
    hashOfSigned,
  ),
  bodyId: hashOfSigned,
  type: body('EventType', 'MessageStatus', 'SmsStatus', 'CallStatus', 'type'),
  typeWhenAbsent: 'unknown',
  attributes: { account: body('AccountSid') },
  forward: ['i-twilio-idempotency-token'],
  answer,
};
