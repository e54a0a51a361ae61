import type { Provider } from '../provider.ts';
import { body, fields, first, hash, header, joined } from '../provider-dsl.ts';

const operation = header('sanity-operation');

/** @see https://github.com/sanity-io/webhook-toolkit */
export const sanity: Provider = {
  secret: 'text',
  signature: {
    header: 'sanity-webhook-signature',
    format: fields(',', 't'),
    versions: { v1: { key: 'hmac', hash: 'sha256', encoding: 'base64url' } },
    signed: '{timestamp}.{body}',
    timestampUnit: 'milliseconds',
  },
  body: 'json',
  // The customer defines the body, so two changes may have the same one.
  id: first(header('idempotency-key'), hash),
  type: first(joined('.', body('_type'), operation), body('_type'), operation),
  typeWhenAbsent: 'unknown',
  attributes: { document: header('sanity-document-id'), dataset: header('sanity-dataset') },
  forward: [
    'idempotency-key',
    'sanity-dataset',
    'sanity-document-id',
    'sanity-operation',
    'sanity-project-id',
    'sanity-transaction-id',
    'sanity-transaction-time',
    'sanity-webhook-id',
  ],
};
