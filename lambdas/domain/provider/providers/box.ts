import * as v from 'valibot';
import type { OwnFormat, VerificationKey } from '../../signature/key.ts';
import type { SignatureScheme } from '../../signature/scheme.ts';
import { verify } from '../../signature/verify.ts';
import type { Check } from '../check.ts';
import { parseJson } from '../payload.ts';
import type { Provider } from '../provider.ts';
import { mostTelling } from '../verify-request.ts';
import { body, hmacSha256Base64, single } from '../words.ts';

const Key = v.pipe(v.string(), v.nonEmpty(), v.notValue('unset'));
const Secret = v.object({ primary: Key, secondary: Key });

const signatureKeys: OwnFormat = {
  called: 'JSON with primary and secondary',
  parse(secret) {
    const { success, output } = v.safeParse(Secret, parseJson(secret));
    return success ? { kind: 'fields', fields: output } : undefined;
  },
};

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

/** Each of the two keys signs its own header; one match is enough, so that either may be replaced. */
const check: Check = (request, keys, { tolerance, now }) =>
  mostTelling(places.map((place) => verify(schemeOf(place), request, keysAt(place, keys), tolerance, now)));

const keysAt = (place: string, keys: readonly VerificationKey[]): VerificationKey[] =>
  keys.flatMap((key) =>
    key.kind === 'fields' ? [{ kind: 'hmac', bytes: Buffer.from(key.fields[place] ?? '', 'utf8') }] : [],
  );

/** @see https://developer.box.com/guides/webhooks/v2/signatures-v2 */
export const box: Provider = {
  secret: signatureKeys,
  signature: check,
  tolerance: 600,
  body: 'json',
  // The id of a delivery changes with each try.
  id: body('id'),
  type: body('trigger'),
  attributes: {},
  forward: ['box-delivery-id', 'box-delivery-timestamp'],
};
