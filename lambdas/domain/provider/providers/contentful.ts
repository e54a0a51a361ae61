import { pathOf, type RawRequest } from '../../raw-request.ts';
import { decodeStrictly } from '../../signature/encoding.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { hmac, hmacKey } from '../../signature/hmac.ts';
import { readInstant } from '../../signature/instant.ts';
import type { OwnFormat } from '../../signature/key.ts';
import { judgeTime } from '../../signature/verify.ts';
import { acceptedAt, type Check, refusedFor } from '../check.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, code, first, hash, joined } from '../provider-dsl.ts';

const signingSecret: OwnFormat = {
  called: 'signing secret (64 characters)',
  parse: (secret) => (/^[0-9A-Za-z+/=_-]{64}$/.test(secret) ? hmacKey(secret) : undefined),
};

const [listHeader, timestampHeader] = ['x-contentful-signed-headers', 'x-contentful-timestamp'];

/** The names of the signed headers, sorted. */
const signedNames = (headers: RawRequest['headers']): string[] =>
  [...new Set((headers.get(listHeader) ?? '').split(',').map((name) => name.trim().toLowerCase()))].sort();

/** Contentful signs the method, the path, a list of headers, and the body. */
const check: Check = (request, keys, { tolerance, now }) => {
  const { headers } = request;
  const signature = headers.get('x-contentful-signature');
  const timestamp = headers.get(timestampHeader);
  if (!signature || !timestamp || !headers.get(listHeader)) return refusedFor('missing-header');
  const names = signedNames(headers);
  const sent = decodeStrictly(signature, 'hex');
  const signedAt = readInstant(timestamp, 'milliseconds');
  // Without these two in the list, the caller could choose the time.
  if (!sent || !signedAt || !names.includes(listHeader) || !names.includes(timestampHeader))
    return refusedFor('malformed-header');
  const pairs = names.map(
    (name) => `${name}:${name === listHeader ? names.join(',') : (headers.get(name)?.trim() ?? '')}`,
  );
  const head = [request.method, encodedPath(request), pairs.join(';'), ''].join('\n');
  const matching = keys.filter(
    (key) => key.kind === 'hmac' && equalBytes(hmac('sha256', key.secretKey, head, request.body), sent),
  );
  if (matching.length === 0) return refusedFor('mismatch');
  const late = judgeTime(signedAt, tolerance, now);
  return late ? refusedFor(late) : acceptedAt(signedAt);
};

/** Contentful escapes the query as one text, then escapes the whole path with it again. */
function encodedPath(request: RawRequest): string {
  const [, search = ''] = /\?(.*)$/s.exec(request.url) ?? [];
  const path = pathOf(request).toWellFormed();
  return encodeURI(search === '' ? path : `${path}?${encodeURIComponent(search.toWellFormed())}`);
}

const topicHeader = 'x-contentful-topic';
/** Reads the topic only if it is signed; otherwise a caller could choose it. */
const topic = code(({ request: { headers } }) =>
  // Trimmed like the signed value, so that white space does not make another event.
  signedNames(headers).includes(topicHeader) ? headers.get(topicHeader)?.trim() || undefined : undefined,
);

/** Environments are copies: an entry has the same id and version in each of them. */
const environment = code(({ payload }) => {
  const name = propertyAt(payload, 'sys.environment.sys.id');
  return typeof name === 'string' && name !== 'master' ? name : undefined;
});
const version = [body('sys.id'), body('sys.version', 'sys.revision'), topic] as const;

/** @see https://www.contentful.com/developers/docs/webhooks/request-verification/ */
export const contentful: Provider = {
  secret: signingSecret,
  signature: check,
  body: 'json',
  methods: ['PUT', 'PATCH'],
  id: first(joined(':', environment, ...version), joined(':', ...version), hash),
  type: topic,
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: ['x-contentful-webhook-name'],
};
