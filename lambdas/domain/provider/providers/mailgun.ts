import { createHmac } from 'node:crypto';
import { getMultipartBoundary, parseMultipart } from '@remix-run/multipart-parser';
import { decodeStrictly } from '../../signature/encoding.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { readInstant } from '../../signature/instant.ts';
import { judgeTime } from '../../signature/verify.ts';
import { seconds } from '../../time.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { isForm, parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { always, body, first } from '../words.ts';

/** A timestamp and a token are signed, and the body is not: hence `onceOnly`. */
const check: Check = (request, keys, { tolerance, now }) => {
  const payload = readBody(request.body, request.headers.get('content-type') ?? '');
  const part =
    typeof propertyAt(payload, 'signature') === 'object' ? propertyAt(payload, 'signature') : payload;
  const [timestamp, token] = [propertyAt(part, 'timestamp'), propertyAt(part, 'token')];
  const signatures = ['signature', 'parent-signature']
    .map((name) => propertyAt(part, name))
    .filter((text) => typeof text === 'string')
    .map((text) => decodeStrictly(text, 'hex'))
    .filter((bytes) => bytes !== undefined);
  const isWritten = typeof timestamp === 'string' || typeof timestamp === 'number';
  const signedAt = isWritten ? readInstant(String(timestamp), 'seconds') : undefined;
  if (typeof token !== 'string' || !token || !signedAt || signatures.length === 0)
    return refusedFor('malformed-body');
  const matching = keys.filter((key) => {
    if (key.kind !== 'hmac') return false;
    const expected = createHmac('sha256', key.bytes).update(`${timestamp}${token}`).digest();
    return signatures.filter((sent) => equalBytes(expected, sent)).length > 0;
  });
  if (matching.length === 0) return refusedFor('mismatch');
  const late = judgeTime(signedAt, tolerance, now, seconds(Math.min(tolerance, aheadAtMost)));
  return late ? refusedFor(late) : accepted;
};

const aheadAtMost = 300;

/** Events are JSON; forwarded mail is a form, of several parts where it has attachments. */
function readBody(bytes: Uint8Array, contentType: string): unknown {
  if (/^multipart\/form-data\b/i.test(contentType)) return multipartFields(bytes, contentType);
  return parsePayload(bytes, isForm(contentType) ? 'any' : 'json', contentType);
}

/** The texts; an attachment is in the body only. */
function multipartFields(bytes: Uint8Array, contentType: string): unknown {
  try {
    const boundary = getMultipartBoundary(contentType) ?? '';
    const texts = [...parseMultipart(bytes, { boundary })].filter(({ isText }) => isText);
    return Object.fromEntries(texts.map(({ name, text }) => [name, text]));
  } catch {
    return undefined;
  }
}

/** @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks */
export const mailgun: Provider = {
  secret: 'text',
  signature: check,
  // Tries go on for 8 hours, and seem to bring the first one's timestamp.
  tolerance: 28_800,
  onceOnly: body('signature.token', 'token'),
  body: readBody,
  id: first(body('event-data.id'), body('Message-Id'), body('signature.token', 'token')),
  type: first(body('event-data.event', 'event'), always('inbound')),
  attributes: {},
  forward: [],
};
