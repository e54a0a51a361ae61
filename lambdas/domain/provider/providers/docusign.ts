import type { Provider } from '../provider.ts';
import { body, first, hashWithout, hmacSha256Base64, joined } from '../provider-dsl.ts';

const event = [body('event'), body('data.envelopeId'), body('generatedDateTime')] as const;

/** @see https://developers.docusign.com/platform/webhooks/connect/validate */
export const docusign: Provider = {
  secret: 'text',
  signature: {
    // One header for each key of the account; which number is whose, nobody says.
    header: 'x-docusign-signature-',
    format: { kind: 'numbered', upTo: 100 },
    versions: { only: hmacSha256Base64 },
    signed: '{body}',
  },
  body: 'json',
  // The body counts its tries.
  id: first(
    joined(':', ...event, body('data.recipientId')),
    joined(':', ...event),
    hashWithout('retryCount'),
  ),
  type: body('event'),
  // Messages of the older form have a status, and customers choose what is in them.
  typeWhenAbsent: 'unknown',
  attributes: { account: body('data.accountId') },
  forward: [],
};
