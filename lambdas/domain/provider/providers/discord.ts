import type { RawRequest } from '../../raw-request.ts';
import { type OwnFormat, parseKey } from '../../signature/key.ts';
import { type Handshake, type HandshakeResponse, jsonResponse } from '../handshake.ts';
import { parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, first, hash, single } from '../provider-dsl.ts';

const applicationKey: OwnFormat = {
  called: 'public key (64 digits of hex, under General Information)',
  parse: (secret) => (secret.length === 64 ? parseKey(secret, 'ed25519') : undefined),
};

/** The response to an event has no body, but Discord requires a content type. */
const noted: HandshakeResponse = { status: 204, contentType: 'application/json', body: '' };

/** `type` of the pings: 1 for interactions, which need a response, 0 for events. */
const ping = 1;
const eventPing = 0;
const autocomplete = 4;
const deferredReply = { type: 5 };
const noChoices = { type: 8, data: { choices: [] } };

const payloadOf = ({ body: bytes }: RawRequest): unknown => parsePayload(bytes, 'json');
const isOfEvents = (payload: unknown): boolean =>
  propertyAt(payload, 'event') !== undefined || propertyAt(payload, 'type') === eventPing;

const pings: Handshake = {
  signed: (request) => {
    const payload = payloadOf(request);
    const type = propertyAt(payload, 'type');
    if (propertyAt(payload, 'event') !== undefined) return undefined;
    if (type === eventPing) return noted;
    return type === ping ? jsonResponse({ type: ping }) : undefined;
  },
};

/** @see https://docs.discord.com/developers/events/webhook-events */
export const discord: Provider = {
  secret: applicationKey,
  signature: {
    header: 'x-signature-ed25519',
    format: single(),
    versions: { only: { key: 'ed25519', encoding: 'hex' } },
    signed: '{timestamp}{body}',
    timestampHeader: 'x-signature-timestamp',
    aheadAtMost: 300,
  },
  // Retries of an event go on for 10 minutes.
  tolerance: 900,
  body: 'json',
  id: first(body('id'), hash),
  // The type of an interaction is a number: 2 is a command, 3 a component, 5 a form.
  type: body('event.type', 'type'),
  attributes: { application: body('application_id') },
  forward: [],
  handshake: pings,
  answer: (request) => {
    const payload = payloadOf(request);
    if (isOfEvents(payload)) return noted;
    return jsonResponse(propertyAt(payload, 'type') === autocomplete ? noChoices : deferredReply);
  },
};
