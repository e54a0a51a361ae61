import { intercomHead } from '../handshakes/intercom.ts';
import { slackHandshake } from '../handshakes/slack.ts';
import { zoomHandshake } from '../handshakes/zoom.ts';
import type { Provider } from '../provider.ts';
import {
  basicAuth,
  body,
  first,
  hash,
  header,
  hmacSha1Hex,
  hmacSha256Base64,
  hmacSha256Hex,
  single,
} from './words.ts';

/** Chat, mail, calls and support. */
export const messagingProviders = {
  /** @see https://docs.slack.dev/authentication/verifying-requests-from-slack */
  slack: {
    secret: 'text',
    signature: {
      header: 'x-slack-signature',
      format: single('v0='),
      versions: { only: hmacSha256Hex },
      signed: 'v0:{timestamp}:{body}',
      timestampHeader: 'x-slack-request-timestamp',
    },
    body: 'json-or-fields',
    // Commands and interactivity have no event id.
    id: first(body('event_id', 'trigger_id'), hash),
    type: body('event.type', 'type', 'command'),
    typeWhenAbsent: 'unknown',
    attributes: { team: body('team_id', 'team.id') },
    forward: ['x-slack-request-timestamp', 'x-slack-retry-num', 'x-slack-retry-reason'],
    handshake: slackHandshake,
  },

  /** @see https://developers.zoom.us/docs/api/webhooks/ */
  zoom: {
    secret: 'text',
    signature: {
      header: 'x-zm-signature',
      format: single('v0='),
      versions: { only: hmacSha256Hex },
      signed: 'v0:{timestamp}:{body}',
      timestampHeader: 'x-zm-request-timestamp',
    },
    body: 'json',
    id: hash,
    type: body('event'),
    attributes: { account: body('payload.account_id') },
    forward: ['x-zm-request-timestamp', 'x-zm-trackingid'],
    handshake: zoomHandshake,
  },

  /** @see https://developer.zendesk.com/documentation/webhooks/verifying/ */
  zendesk: {
    secret: 'text',
    signature: {
      header: 'x-zendesk-webhook-signature',
      format: single(),
      versions: { only: hmacSha256Base64 },
      signed: '{timestamp}{body}',
      timestampHeader: 'x-zendesk-webhook-signature-timestamp',
      timestampUnit: 'iso',
    },
    // Triggers send what the customer's template says: its `id` may be a ticket's.
    body: 'any',
    id: first(
      { from: 'body', paths: ['id'], onlyWith: 'zendesk_event_version' },
      header('x-zendesk-webhook-invocation-id'),
      hash,
    ),
    type: body('type'),
    typeWhenAbsent: 'unknown',
    attributes: { account: header('x-zendesk-account-id') },
    forward: ['x-zendesk-webhook-id', 'x-zendesk-webhook-invocation-id', 'x-zendesk-account-id'],
  },

  /** @see https://developers.intercom.com/docs/webhooks/setting-up-webhooks */
  intercom: {
    secret: 'text',
    signature: {
      header: 'x-hub-signature',
      format: single('sha1='),
      // There is no other.
      versions: { only: hmacSha1Hex },
      signed: '{body}',
    },
    body: 'json',
    // A ping has none.
    id: first(body('id'), hash),
    type: body('topic'),
    attributes: { app: body('app_id') },
    forward: [],
    handshake: intercomHead,
  },

  /** @see https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/ */
  line: {
    secret: 'text',
    signature: {
      header: 'x-line-signature',
      format: single(),
      versions: { only: hmacSha256Base64 },
      signed: '{body}',
    },
    body: 'json',
    // The console's test has no events.
    batch: 'events',
    id: body('webhookEventId'),
    type: body('type'),
    attributes: {},
    forward: [],
  },

  /** @see https://postmarkapp.com/developer/webhooks/webhooks-overview */
  postmark: {
    secret: 'basic',
    signature: basicAuth,
    body: 'json',
    id: hash,
    type: body('RecordType'),
    // Mail that comes in has no record type.
    typeWhenAbsent: 'Inbound',
    attributes: {},
    forward: [],
  },
} as const satisfies Readonly<Record<string, Provider>>;
