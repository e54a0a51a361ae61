import type { SignatureScheme } from '../../signature/scheme.ts';
import type { Provider } from '../provider.ts';
import { body, first, hashWithout, hmacSha256Base64, joined, single } from '../provider-dsl.ts';

const version3 = {
  header: 'x-hubspot-signature-v3',
  format: single(),
  versions: { only: hmacSha256Base64 },
  timestampHeader: 'x-hubspot-request-timestamp',
  timestampUnit: 'milliseconds',
} as const satisfies Partial<SignatureScheme>;

/** @see https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation */
export const hubspot: Provider = {
  secret: 'text',
  // The documentation decodes some escapes of the URL; HubSpot's own libraries do not.
  signature: { ...version3, signed: '{method}{decodedUrl}{body}{timestamp}' },
  otherSignatures: [{ ...version3, signed: '{method}{url}{body}{timestamp}' }],
  body: 'json',
  batch: true,
  // A workflow action sends a single object.
  batchOrOne: true,
  // `eventId` alone is not unique, and the body contains its number of attempts.
  id: first(
    joined(
      ':',
      body('portalId'),
      body('subscriptionId'),
      body('eventId'),
      body('objectId'),
      body('occurredAt'),
    ),
    // Merges and associations have several objects and no `objectId`.
    hashWithout('attemptNumber'),
  ),
  type: body('subscriptionType'),
  typeWhenAbsent: 'unknown',
  attributes: { portal: body('portalId') },
  forward: ['x-hubspot-request-timestamp'],
};
