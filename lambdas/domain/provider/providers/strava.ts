import * as v from 'valibot';
import { queryOf } from '../../raw-request.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import type { OwnFormat, VerificationKey } from '../../signature/key.ts';
import { accepted, type Check, refusedFor } from '../check.ts';
import { fieldOf } from '../form.ts';
import { type Handshake, jsonResponse, refusedChallenge } from '../handshake.ts';
import { parseJsonBody, readUnverifiedJson } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, hash, joined } from '../provider-dsl.ts';

/** The id is known only after the handshake has created the subscription. Until then events are refused. */
const Secret = v.strictObject({
  verifyToken: v.pipe(v.string(), v.nonEmpty()),
  subscriptionId: v.optional(v.pipe(v.string(), v.regex(/^\d{1,16}$/))),
});

const subscription: OwnFormat = {
  called: 'JSON with verifyToken and, once the subscription exists, subscriptionId',
  parse(secret) {
    const { success, output } = v.safeParse(Secret, parseJsonBody(secret));
    if (!success) return undefined;
    const { verifyToken, subscriptionId } = output;
    const fields: Record<string, string> = { verifyToken };
    if (subscriptionId !== undefined) fields['subscriptionId'] = subscriptionId;
    return { kind: 'fields', fields };
  },
};

const fieldOfKey = (key: VerificationKey, name: 'verifyToken' | 'subscriptionId'): Uint8Array =>
  Buffer.from((key.kind === 'fields' && key.fields[name]) || '', 'utf8');

const isOneOf = (keys: readonly VerificationKey[], name: 'verifyToken' | 'subscriptionId', sent: string) =>
  sent !== '' &&
  keys.filter((key) => equalBytes(fieldOfKey(key, name), Buffer.from(sent, 'utf8'))).length > 0;

/** Strava does not sign events; an event only contains the id of its subscription. */
const check: Check = (request, keys) => {
  const payload = readUnverifiedJson(request.body);
  if (!payload.ok) return refusedFor(payload.reason);
  const id = propertyAt(payload.value, 'subscription_id');
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) return refusedFor('malformed-body');
  return isOneOf(keys, 'subscriptionId', String(id)) ? accepted : refusedFor('mismatch');
};

/** Short and plain, so that a caller cannot make the response a page of HTML. */
const challenges = /^[A-Za-z0-9_-]{1,256}$/;
const forbidden = refusedChallenge(403, 'forbidden');

/** Creating a subscription sends a GET with the verify token and a challenge. */
const validation: Handshake = {
  methods: ['GET'],
  unsigned: ({ method, url }, keys) => {
    if (method !== 'GET' || keys.length === 0) return undefined;
    const query = queryOf({ url });
    const challenge = fieldOf(query, 'hub.challenge') ?? '';
    const isRight =
      fieldOf(query, 'hub.mode') === 'subscribe' &&
      challenges.test(challenge) &&
      isOneOf(keys, 'verifyToken', fieldOf(query, 'hub.verify_token') ?? '');
    return isRight ? jsonResponse({ 'hub.challenge': challenge }) : forbidden;
  },
};

/** @see https://developers.strava.com/docs/webhooks/ */
export const strava: Provider = {
  secret: subscription,
  signature: check,
  body: 'json',
  // The body has the time of the event in seconds and the changes, so it differs between events.
  id: hash,
  type: joined('.', body('object_type'), body('aspect_type')),
  attributes: { owner: body('owner_id'), object: body('object_id') },
  forward: [],
  handshake: validation,
};
