import * as v from 'valibot';
import { queryOf } from '../../raw-request.ts';
import { equalBytes } from '../../signature/equal-bytes.ts';
import { hmacKey } from '../../signature/hmac.ts';
import type { OwnFormat } from '../../signature/key.ts';
import { fieldOf } from '../form.ts';
import { type Handshake, refusedChallenge, textResponse } from '../handshake.ts';
import { parseJsonBody } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, code, first, hash, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

const Secret = v.object({
  appSecret: v.pipe(v.string(), v.nonEmpty()),
  verifyToken: v.pipe(v.string(), v.nonEmpty()),
});

const appSecret: OwnFormat = {
  called: 'JSON with appSecret and verifyToken',
  parse(secret) {
    const { success, output } = v.safeParse(Secret, parseJsonBody(secret));
    if (!success || [output.appSecret, output.verifyToken].includes('unset')) return undefined;
    const { verifyToken } = output;
    return { ...hmacKey(output.appSecret), verifyToken };
  },
};

/** Short and plain, so that a caller cannot make the response a page of HTML. */
const challenges = /^[A-Za-z0-9_-]{1,256}$/;
const forbidden = refusedChallenge(403, 'forbidden');

/** Saving the URL sends an unsigned GET with the verify token and a challenge. */
const subscription: Handshake = {
  methods: ['GET'],
  unsigned: ({ method, url }, keys) => {
    if (method !== 'GET' || keys.length === 0) return undefined;
    const query = queryOf({ url });
    const challenge = fieldOf(query, 'hub.challenge') ?? '';
    const sent = Buffer.from(fieldOf(query, 'hub.verify_token') ?? '', 'utf8');
    const known = keys.filter(
      (key) => key.kind === 'hmac' && equalBytes(Buffer.from(key.verifyToken ?? '', 'utf8'), sent),
    );
    const isRight =
      fieldOf(query, 'hub.mode') === 'subscribe' && challenges.test(challenge) && known.length > 0;
    return isRight ? textResponse(challenge) : forbidden;
  },
};

/** The only element of a list. A request with several has no single id. */
function only(payload: unknown, path: string): unknown {
  const list = propertyAt(payload, path);
  return Array.isArray(list) && list.length === 1 ? list[0] : undefined;
}

/** The id of a request with exactly one message or one change of status. */
function messageId(payload: unknown): string | undefined {
  const entry = only(payload, 'entry');
  const message = propertyAt(only(entry, 'messaging'), 'message');
  const mid = propertyAt(message, 'mid');
  const value = propertyAt(only(entry, 'changes'), 'value');
  const [messages, statuses] = [propertyAt(value, 'messages'), propertyAt(value, 'statuses')];
  const id = propertyAt(only(value, 'messages'), 'id');
  if (typeof mid === 'string') return [mid, ...whatHappened(message)].join(':');
  if (typeof id === 'string' && statuses === undefined) return id;
  const status = only(value, 'statuses');
  const [of, now] = [propertyAt(status, 'id'), propertyAt(status, 'status')];
  if (typeof of !== 'string' || typeof now !== 'string' || messages !== undefined) return undefined;
  return [of, now, ...ofGroup(status)].join(':');
}

/** Deleting a message and echoing it to its sender are events with the id of the message. */
const whatHappened = (message: unknown): string[] =>
  ['is_deleted', 'is_echo', 'is_unsupported'].filter((flag) => propertyAt(message, flag) === true);

/** A message to a group has a status for each member. */
const ofGroup = (status: unknown): string[] =>
  propertyAt(status, 'recipient_type') === 'group'
    ? ['recipient_id', 'recipient_participant_id', 'participant_recipient_id']
        .map((name) => propertyAt(status, name))
        .filter((id) => typeof id === 'string')
    : [];

const object = body('object');
/** Subscribed fields are in `changes`, conversations in `messaging`. */
const conversation = code(({ payload }) =>
  Array.isArray(propertyAt(payload, 'entry.0.messaging')) ? 'messaging' : undefined,
);

/** @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started */
export const meta: Provider = {
  secret: appSecret,
  signature: {
    header: 'x-hub-signature-256',
    format: single('sha256='),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  id: first(
    code(({ payload }) => messageId(payload)),
    hash,
  ),
  type: first(
    joined('.', object, body('entry.0.changes.0.field')),
    joined('.', object, conversation),
    object,
  ),
  attributes: { object },
  forward: [],
  handshake: subscription,
};
