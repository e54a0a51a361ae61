import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

/** @see https://docs.sentry.io/integrations/integration-platform/webhooks/ */
export const sentry: Provider = {
  secret: 'text',
  signature: {
    header: 'sentry-hook-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  // Some requests have an empty body.
  body: 'any',
  // `Request-ID` changes with each attempt.
  id: hash,
  type: first(joined('.', header('sentry-hook-resource'), body('action')), header('sentry-hook-resource')),
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: ['request-id', 'sentry-hook-resource', 'sentry-hook-timestamp'],
};
