import { createHash, createHmac } from 'node:crypto';
import { queryOf } from '../../raw-request.ts';
import { decodeStrictly } from '../../signature/encoding.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { emptyAnswer } from '../handshake.ts';
import { isForm } from '../payload.ts';
import type { Provider } from '../provider.ts';
import { sortedParameters } from '../sorted-parameters.ts';
import { body, first, hash, header, joined } from '../words.ts';

const sha1Bytes = 20;

/** The URL and, for a form, its parameters; for any other body the URL, which then carries the body's hash. */
const check: Check = (request, keys) => {
  const { headers, url } = request;
  const signature = headers.get('x-twilio-signature');
  if (!signature) return refusedFor('missing-header');
  const sent = decodeStrictly(signature, 'base64');
  if (sent?.length !== sha1Bytes) return refusedFor('malformed-header');
  const hashInUrl = queryOf(request).get('bodySHA256');
  if (hashInUrl === null && !isForm(headers.get('content-type')) && request.body.byteLength > 0)
    return refusedFor('mismatch');
  if (hashInUrl !== null && !isHashOf(request.body, hashInUrl)) return refusedFor('mismatch');
  const parameters = hashInUrl === null ? sortedParameters(request.body) : '';
  const matches = keys.flatMap((key) =>
    urlForms(url).map(
      (form) =>
        key.kind === 'hmac' &&
        equalBytes(
          createHmac('sha1', key.bytes)
            .update(form + parameters)
            .digest(),
          sent,
        ),
    ),
  );
  return matches.includes(true) ? accepted : refusedFor('mismatch');
};

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
    hash,
  ),
  type: body('EventType', 'MessageStatus', 'SmsStatus', 'CallStatus', 'type'),
  typeWhenAbsent: 'unknown',
  attributes: { account: body('AccountSid') },
  forward: ['i-twilio-idempotency-token'],
  // Calls and messages read instructions from the answer: these are none.
  answer: ({ headers }) =>
    isForm(headers.get('content-type'))
      ? { status: 200, contentType: 'text/xml', body: '<Response/>' }
      : emptyAnswer,
};
