import { type Handshake, refusedChallenge, textResponse } from '../handshake.ts';
import { parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { always, first, header, hmacSha256Hex, single } from '../provider-dsl.ts';

const invalid = refusedChallenge(400, 'invalid_body');

/** The header with the message type is not signed, so the body must match it. */
const challenge: Handshake = {
  signed: ({ body, headers }) => {
    const payload = parsePayload(body, 'json');
    const text = propertyAt(payload, 'challenge');
    const isChallenge = text !== undefined;
    const isSaidToBe = headers.get('twitch-eventsub-message-type') === 'webhook_callback_verification';
    if (!isChallenge && !isSaidToBe) return undefined;
    return isChallenge && isSaidToBe && typeof text === 'string' ? textResponse(text) : invalid;
  },
};

const subscriptionOf = (field: string) =>
  ({ from: 'body', paths: ['subscription.type'], onlyWith: field }) as const;

/** @see https://dev.twitch.tv/docs/eventsub/handling-webhook-events */
export const twitch: Provider = {
  secret: 'text',
  signature: {
    header: 'twitch-eventsub-message-signature',
    format: single('sha256='),
    versions: { only: hmacSha256Hex },
    signed: '{id}{timestamp}{body}',
    idHeader: 'twitch-eventsub-message-id',
    // The signed text has no separator between id and timestamp.
    idPattern: /^[A-Za-z0-9_=-]{1,100}$/,
    timestampHeader: 'twitch-eventsub-message-timestamp',
    timestampUnit: 'iso',
  },
  tolerance: 600,
  body: 'json',
  id: header('twitch-eventsub-message-id'),
  type: first(subscriptionOf('event'), subscriptionOf('events'), always('revocation')),
  attributes: {},
  forward: [
    'twitch-eventsub-message-id',
    'twitch-eventsub-message-retry',
    'twitch-eventsub-message-timestamp',
    'twitch-eventsub-subscription-version',
  ],
  handshake: challenge,
};
