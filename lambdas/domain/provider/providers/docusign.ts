import type { Provider } from '../provider.ts';
import { body, first, hashWithout, hmacSha256Base64, joined } from '../provider-dsl.ts';

const event = [body('event'), body('data.envelopeId'), body('generatedDateTime')] as const;

/** @see https://developers.docusign.com/platform/webhooks/connect/validate */
export const docusign: Provider = {
  secret: 'text',
  signature: {
    // One header for each key of the account. The number does not identify the key.
    header: 'x-docusign-signature-',
    format: { kind: 'numbered', upTo: 100 },
    versions: { only: hmacSha256Base64 },
    signed: '{body}',
  },
  body: 'json',
  // The body contains its number of retries, so its hash changes.
  id: first(
    joined(':', ...event, body('data.recipientId')),
    joined(':', ...event),
    hashWithout('retryCount'),
  ),
  type: body('event'),
  // Messages in the older format have a status in place of an event, and customers choose their fields.
  typeWhenAbsent: 'unknown',
  attributes: { account: body('data.accountId') },
  forward: [],
};
