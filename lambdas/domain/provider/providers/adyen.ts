import { decodeStrictly } from '../../signature/encoding.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { hmac, hmacKey } from '../../signature/hmac.ts';
import type { OwnFormat, VerificationKey } from '../../signature/key.ts';
import type { SignatureScheme } from '../../signature/scheme.ts';
import { verify } from '../../signature/verify.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { readUnverifiedJson } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, code, first, hash, hmacSha256Base64, joined, single } from '../provider-dsl.ts';

const itemKey: OwnFormat = {
  called: 'HMAC key (64 digits of hex)',
  parse: (secret) => (/^[0-9a-f]{64}$/i.test(secret) ? hmacKey(Buffer.from(secret, 'hex')) : undefined),
};

/** The signed parts of an item, in order. Colons are not escaped, so each part must match its pattern. */
const signedParts: readonly (readonly [string, RegExp])[] = [
  // For a report it is a file name.
  ['pspReference', /^[^:\p{Cc}]{1,256}$/u],
  ['originalReference', /^[^:\p{Cc}]{0,256}$/u],
  ['merchantAccountCode', /^[^:]{1,100}$/],
  ['merchantReference', /^.{0,200}$/s],
  ['amount.value', /^-?\d{1,20}$/],
  ['amount.currency', /^[A-Z]{3}$/],
  ['eventCode', /^[A-Z0-9_]+$/],
  ['success', /^(true|false)$/],
];

/** Webhooks of Adyen for Platforms have one signature over the whole body. */
const overBody: SignatureScheme = {
  header: 'hmacsignature',
  format: single(),
  versions: { only: hmacSha256Base64 },
  signed: '{body}',
};

/** Adyen sends one item. Each costs a signature, so the number is bounded. */
const maxItems = 100;

/** Each item of a payment webhook has its own signature; one wrong item refuses the request. */
const check: Check = (request, keys, { tolerance, now }) => {
  const payload = readUnverifiedJson(request.body);
  if (!payload.ok) return refusedFor(payload.reason);
  const items = propertyAt(payload.value, 'notificationItems');
  if (items === undefined) return verify(overBody, request, keys, tolerance, now);
  if (!Array.isArray(items) || items.length === 0 || items.length > maxItems)
    return refusedFor('malformed-body');
  const results = items.map((item) => checkItem(propertyAt(item, 'NotificationRequestItem'), keys));
  return results.find((result) => !result.ok) ?? accepted;
};

const maxSignatureLength = 100;

function checkItem(item: unknown, keys: readonly VerificationKey[]) {
  const parts = signedParts.map(([path]) => textAt(item, path));
  const signature = propertyAt(item, 'additionalData.hmacSignature');
  const isShort = typeof signature === 'string' && signature.length <= maxSignatureLength;
  const sent = isShort ? decodeStrictly(signature, 'base64') : undefined;
  const isWellFormed = signedParts.every(([, form], index) => form.test(parts[index] ?? ''));
  if (!isWellFormed || sent === undefined) return refusedFor('malformed-body');
  const matching = keys.filter(
    (key) => key.kind === 'hmac' && equalBytes(hmac('sha256', key.secretKey, parts.join(':')), sent),
  );
  return matching.length > 0 ? accepted : refusedFor('mismatch');
}

/** A part as it stands in the signed text, where an absent one is empty. */
function textAt(item: unknown, path: string): string {
  const value = propertyAt(item, path);
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}

const ofItem = (name: string) => body(`NotificationRequestItem.${name}`);
/** Test events of the Customer Area share their references. */
const testReference = code(({ payload }) => {
  const reference = textAt(payload, 'NotificationRequestItem.pspReference');
  return /^test_/i.test(reference) ? reference : undefined;
});
const success = code(({ payload }) => textAt(payload, 'NotificationRequestItem.success') || undefined);

/** The id uses signed fields only; the other fields of an item are not signed. */
const ofSigned = first(
  joined(':', testReference, hash),
  joined(':', ofItem('pspReference'), ofItem('eventCode'), success),
  hash,
);

/** @see https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures */
export const adyen: Provider = {
  secret: itemKey,
  signature: check,
  body: 'json',
  batch: 'notificationItems',
  batchOrOne: true,
  id: first(joined(':', testReference, hash), ofSigned),
  bodyId: ofSigned,
  type: body('NotificationRequestItem.eventCode', 'type'),
  typeWhenAbsent: 'unknown',
  attributes: { merchantAccount: ofItem('merchantAccountCode') },
  forward: [],
  // Older webhooks require this body; newer ones ignore it.
  answer: { status: 200, contentType: 'text/plain', body: '[accepted]' },
};
