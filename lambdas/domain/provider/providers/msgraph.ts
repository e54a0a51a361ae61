import { createHash } from 'node:crypto';
import { queryOf } from '../../raw-request.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { fieldOf } from '../form.ts';
import { type Handshake, refusedChallenge, textResponse } from '../handshake.ts';
import { readUnverifiedJson } from '../payload.ts';
import { propertyAt, propertyOf } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, code, eachRequest, first, joined } from '../provider-dsl.ts';

/** Every item contains the `clientState` of its subscription; one wrong item refuses the request. */
const check: Check = (request, keys) => {
  const payload = readUnverifiedJson(request.body);
  if (!payload.ok) return refusedFor(payload.reason);
  const items = propertyAt(payload.value, 'value');
  if (!Array.isArray(items) || items.length === 0) return refusedFor('malformed-body');
  const states = items.map((item) => propertyAt(item, 'clientState'));
  if (!states.every((state) => typeof state === 'string')) return refusedFor('malformed-body');
  const known = states.filter((state) => {
    const sent = Buffer.from(state, 'utf8');
    return keys.filter((key) => key.kind === 'token' && equalBytes(key.bytes, sent)).length > 0;
  });
  return known.length === states.length ? accepted : refusedFor('mismatch');
};

const invalid = refusedChallenge(400, 'invalid_body');

/** A new subscription sends a POST with only a token in the query, which must be returned as plain text. */
const validation: Handshake = {
  unsigned: ({ method, url, body: bytes }) => {
    const token = fieldOf(queryOf({ url }), 'validationToken');
    if (token === undefined || method !== 'POST') return undefined;
    const isPlain = token !== '' && token.length <= 2048 && !/[<>]|\p{Cc}/u.test(token);
    return isPlain && bytes.byteLength === 0 ? textResponse(token) : invalid;
  },
};

/** The members that identify an item without an id. */
const subject = ['subscriptionId', 'changeType', 'lifecycleEvent', 'resource'];

/** All of these members are texts. */
const textOf = (fact: unknown): string | null => (typeof fact === 'string' ? fact : null);

const etagOf = (payload: unknown): unknown => propertyOf(propertyAt(payload, 'resourceData'), '@odata.etag');

function hashOf(payload: unknown, version: unknown): string {
  const facts = [...subject.map((name) => propertyAt(payload, name)), version].map(textOf);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

const subjectHash = code(({ payload }) =>
  hashOf(payload, propertyAt(payload, 'subscriptionExpirationDateTime')),
);
/** An ETag identifies one change. Without it (lifecycle, a drive's root, presence) two changes have the same bytes. */
const versionedSubject = code(({ payload }) =>
  etagOf(payload) ? hashOf(payload, etagOf(payload)) : undefined,
);

/** @see https://learn.microsoft.com/graph/change-notifications-delivery-webhooks */
export const msgraph: Provider = {
  secret: 'token',
  signature: check,
  body: 'json',
  batch: 'value',
  id: first(body('id'), versionedSubject, joined(':', subjectHash, eachRequest)),
  type: body('lifecycleEvent', 'changeType'),
  attributes: { subscription: body('subscriptionId') },
  forward: [],
  handshake: validation,
};
