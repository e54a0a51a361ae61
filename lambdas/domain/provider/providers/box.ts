import * as v from 'valibot';
import { hmacKey } from '../../signature/hmac.ts';
import type { OwnFormat, VerificationKey } from '../../signature/key.ts';
import type { SignatureScheme } from '../../signature/scheme.ts';
import { verify } from '../../signature/verify.ts';
import type { Check } from '../check.ts';
import { parseJsonBody } from '../payload.ts';
import type { Provider } from '../provider.ts';
import { body, hmacSha256Base64, single } from '../provider-dsl.ts';
import { mostSpecific } from '../verify-request.ts';

const Key = v.pipe(v.string(), v.nonEmpty(), v.notValue('unset'));
const Secret = v.pipe(
  v.object({ primary: v.optional(Key), secondary: v.optional(Key) }),
  v.check(({ primary, secondary }) => (primary ?? secondary) !== undefined),
);

const bareKey = /^[A-Za-z0-9+/=_-]{16,}$/;

/** An app may have only one of the two keys. A text that is not JSON is the primary key. */
const signatureKeys: OwnFormat = {
  called: 'JSON with primary, secondary or both; or the primary key alone',
  parse(secret) {
    if (bareKey.test(secret)) return { kind: 'fields', fields: { primary: secret } };
    const { success, output } = v.safeParse(Secret, parseJsonBody(secret));
    return success ? { kind: 'fields', fields: filled(output) } : undefined;
  },
};

const filled = (keys: v.InferOutput<typeof Secret>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).filter(([, key]) => key !== undefined));

const schemeOf = (place: string): SignatureScheme => ({
  header: `box-signature-${place}`,
  format: single(),
  versions: { only: hmacSha256Base64 },
  signed: '{body}{timestamp}',
  timestampHeader: 'box-delivery-timestamp',
  timestampUnit: 'iso',
  aheadAtMost: 300,
  fixedHeaders: { 'box-signature-version': '1', 'box-signature-algorithm': 'HmacSHA256' },
});

const places = ['primary', 'secondary'] as const;

/** Each key signs a separate header. One match is enough, so that either key can be rotated. */
const check: Check = (request, keys, { tolerance, now }) =>
  mostSpecific(places.map((place) => verify(schemeOf(place), request, keysAt(place, keys), tolerance, now)));

const keysAt = (place: string, keys: readonly VerificationKey[]): VerificationKey[] =>
  keys.flatMap((key) => {
    const text = key.kind === 'fields' ? key.fields[place] : undefined;
    return text ? [hmacKey(text)] : [];
  });

/** @see https://developer.box.com/guides/webhooks/v2/signatures-v2 */
export const box: Provider = {
  secret: signatureKeys,
  signature: check,
  tolerance: 600,
  body: 'json',
  // `box-delivery-id` changes with each retry.
  id: body('id'),
  type: body('trigger'),
  attributes: {},
  forward: ['box-delivery-id', 'box-delivery-timestamp'],
};
