import { equalBytes } from '../../signature/equal-bytes.ts';
import type { SignatureScheme } from '../../signature/scheme.ts';
import { verify } from '../../signature/verify.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import type { Provider } from '../provider.ts';
import { body, fields, first, header, hmacSha256Hex } from '../provider-dsl.ts';

const scheme: SignatureScheme = {
  header: 'x-buildkite-signature',
  format: fields(',', 'timestamp'),
  versions: { signature: hmacSha256Hex },
  signed: '{timestamp}.{body}',
};

/** A setting of the webhook decides whether its token signs or is sent itself, never both. */
const check: Check = (request, keys, { tolerance, now }) => {
  if (request.headers.get(scheme.header)) return verify(scheme, request, keys, tolerance, now);
  const token = Buffer.from(request.headers.get('x-buildkite-token') ?? '', 'utf8');
  if (token.byteLength === 0) return refusedFor('missing-header');
  const known = keys.filter((key) => key.kind === 'hmac' && equalBytes(key.secretKey.export(), token));
  return known.length > 0 ? accepted : refusedFor('mismatch');
};

/** @see https://buildkite.com/docs/apis/webhooks/pipelines#webhook-signature */
export const buildkite: Provider = {
  secret: 'text',
  signature: check,
  body: 'json',
  // A build that is unblocked runs again and sends the same bytes.
  id: first(header('x-buildkite-request'), { from: 'request' }),
  type: first(body('event'), header('x-buildkite-event')),
  attributes: { pipeline: body('pipeline.slug') },
  forward: ['x-buildkite-event', 'x-buildkite-request'],
};
