import { createHash, createHmac } from 'node:crypto';
import { queryOf, type RawRequest } from '../../raw-request.ts';
import { decodeStrictly } from '../../signature/encoding.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { bodyHash } from '../body-hash.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { fieldOf, isForm, readForm } from '../form.ts';
import { emptyAnswer } from '../handshake.ts';
import { decodeUtf8 } from '../payload.ts';
import type { Provider } from '../provider.ts';
import { sortedParameters } from '../sorted-parameters.ts';
import { body, code, first, header, joined } from '../words.ts';

const sha1Bytes = 20;

/** The URL and, for a form, its parameters; for any other body the URL, which then carries the body's hash. */
const check: Check = (request, keys) => {
  const { headers, url } = request;
  const signature = headers.get('x-twilio-signature');
  if (!signature) return refusedFor('missing-header');
  const sent = decodeStrictly(signature, 'base64');
  if (sent?.length !== sha1Bytes) return refusedFor('malformed-header');
  const parameters = signedParameters(request);
  if (!Buffer.isBuffer(parameters)) return refusedFor(parameters);
  const matches = keys.flatMap((key) =>
    urlForms(url).map(
      (form) =>
        key.kind === 'hmac' &&
        equalBytes(createHmac('sha1', key.bytes).update(form).update(parameters).digest(), sent),
    ),
  );
  return matches.includes(true) ? accepted : refusedFor('mismatch');
};

/**
 * What is signed behind the URL.
 *
 * @returns why there is none: the URL has another body's hash, or neither hash nor form binds the body
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

/** The bytes decide, as in all that is read of them: the content type is not signed. */
const hasForm = ({ body: bytes }: RawRequest): boolean => isForm(decodeUtf8(bytes) ?? '');

function isHashOf(bytes: Uint8Array, hex: string): boolean {
  const sent = /^[0-9a-f]{64}$/i.test(hex) ? Buffer.from(hex, 'hex') : Buffer.alloc(0);
  return equalBytes(createHash('sha256').update(bytes).digest(), sent);
}

/** Twilio writes the default port into some of the URLs that it signs. */
function urlForms(url: string): string[] {
  const without = url.replace(/^(https:\/\/[^/:?#]+):443(?=[/?#]|$)/, '$1');
  const withPort = without.replace(/^(https:\/\/[^/:?#]+)(?=[/?#]|$)/, '$1:443');
  return [...new Set([without, withPort])];
}

/**
 * Forms that have the same signature are one event: order, empty fields and escapes are not signed, nor is where a name
 * ends.
 */
const hashOfSigned = code(({ body: bytes }) => {
  const form = isForm(decodeUtf8(bytes) ?? '') ? readForm(bytes) : undefined;
  return bodyHash(form === undefined ? bytes : Buffer.from(sortedParameters(form), 'utf8'));
});

/** @see https://www.twilio.com/docs/usage/webhooks/webhooks-security */
export const twilio: Provider = {
  secret: 'text',
  signature: check,
  body: 'any',
  batch: true,
  batchOrOne: true,
  id: first(
    { from: 'body', paths: ['id'], onlyWith: 'specversion' },
    header('i-twilio-idempotency-token'),
    joined(':', body('MessageSid', 'SmsSid'), body('MessageStatus', 'SmsStatus')),
    joined(':', body('CallSid'), body('CallStatus'), body('SequenceNumber')),
    joined(':', body('CallSid'), body('CallStatus')),
    body('id'),
    hashOfSigned,
  ),
  bodyId: hashOfSigned,
  type: body('EventType', 'MessageStatus', 'SmsStatus', 'CallStatus', 'type'),
  typeWhenAbsent: 'unknown',
  attributes: { account: body('AccountSid') },
  forward: ['i-twilio-idempotency-token'],
  // Calls and messages read instructions from the answer: these are none.
  answer: (request) =>
    hasForm(request) ? { status: 200, contentType: 'text/xml', body: '<Response/>' } : emptyAnswer,
};
