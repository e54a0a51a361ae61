import { decodeStrictly } from '../../signature/encoding.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { hmac } from '../../signature/hmac.ts';
import { readInstant } from '../../signature/instant.ts';
import { judgeTime } from '../../signature/verify.ts';
import { seconds } from '../../time.ts';
import { acceptedAt, type Check, refusedFor } from '../check.ts';
import { asObject } from '../form.ts';
import { readMultipart } from '../multipart.ts';
import { type ParsedBody, readUnverifiedForm, readUnverifiedJson } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { always, body, code, first, joined } from '../provider-dsl.ts';

/** Mailgun signs a timestamp and a token but not the body; hence `onceOnly`. */
const check: Check = (request, keys, { tolerance, now }) => {
  const payload = readBody(request.body);
  if (!payload.ok) return refusedFor(payload.reason);
  const nested = propertyAt(payload.value, 'signature');
  const part = typeof nested === 'object' ? nested : payload.value;
  const [timestamp, token] = [propertyAt(part, 'timestamp'), propertyAt(part, 'token')];
  const signatures = ['signature', 'parent-signature']
    .map((name) => propertyAt(part, name))
    .filter((text) => typeof text === 'string')
    .filter(({ length }) => length === sha256Hex)
    .map((text) => decodeStrictly(text, 'hex'))
    .filter((bytes) => bytes !== undefined);
  const isWritten = typeof timestamp === 'string' || typeof timestamp === 'number';
  const signedAt = isWritten ? readInstant(String(timestamp), 'seconds') : undefined;
  if (typeof token !== 'string' || !token || !signedAt || signatures.length === 0)
    return refusedFor('malformed-body');
  const matching = keys.filter((key) => {
    if (key.kind !== 'hmac') return false;
    const expected = hmac('sha256', key.secretKey, `${timestamp}${token}`);
    return signatures.filter((sent) => equalBytes(expected, sent)).length > 0;
  });
  if (matching.length === 0) return refusedFor('mismatch');
  const late = judgeTime(signedAt, tolerance, now, seconds(Math.min(tolerance, aheadAtMost)));
  return late ? refusedFor(late) : acceptedAt(signedAt);
};

const aheadAtMost = 300;
const sha256Hex = 64;

/** Events are JSON. Forwarded mail is a form, or multipart with attachments. The bytes decide which. */
function readBody(bytes: Uint8Array): ParsedBody {
  const parts = readMultipart(bytes);
  if (parts === 'over-1000-fields') return { ok: false, reason: parts };
  if (parts !== undefined) return { ok: true, value: asObject(parts) };
  return readUnverifiedForm(bytes) ?? readUnverifiedJson(bytes);
}

function fieldsIn(bytes: Uint8Array): unknown {
  const payload = readBody(bytes);
  return payload.ok ? payload.value : undefined;
}

const sampleId = code(({ payload }) =>
  propertyAt(payload, 'event-data.user-variables.my_var_1') === 'Mailgun Variable #1'
    ? String(propertyAt(payload, 'event-data.id'))
    : undefined,
);

/** @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks */
export const mailgun: Provider = {
  secret: 'text',
  signature: check,
  // Retries go on for 8 hours, apparently with the timestamp of the first attempt.
  tolerance: 28_800,
  onceOnly: body('signature.token', 'token'),
  body: fieldsIn,
  id: first(
    // The test button always sends the same sample with the same id.
    joined(':', sampleId, body('signature.token')),
    body('event-data.id'),
    // One mail to two recipients arrives twice.
    joined(':', body('Message-Id'), body('recipient')),
    body('Message-Id'),
    body('signature.token', 'token'),
  ),
  type: first(body('event-data.event', 'event'), always('inbound')),
  attributes: {},
  forward: [],
};
