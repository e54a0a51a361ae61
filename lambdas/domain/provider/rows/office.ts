import { emptyAnswer } from '../handshake.ts';
import { dropboxChallenge } from '../handshakes/dropbox.ts';
import { trelloHead } from '../handshakes/trello.ts';
import type { Provider } from '../provider.ts';
import {
  always,
  body,
  fields,
  first,
  hash,
  hmacSha1Base64,
  hmacSha256Base64,
  hmacSha256Hex,
  joined,
  single,
} from './words.ts';

/** Forms, calendars, tables, sites, files and boards. */
export const officeProviders = {
  /** @see https://www.typeform.com/developers/webhooks/secure-your-webhooks/ */
  typeform: {
    secret: 'text',
    signature: {
      header: 'typeform-signature',
      format: single('sha256='),
      versions: { only: hmacSha256Base64 },
      signed: '{body}',
    },
    body: 'json',
    id: body('event_id'),
    type: body('event_type'),
    attributes: { form: body('form_response.form_id') },
    forward: [],
  },

  /** @see https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures */
  calendly: {
    secret: 'text',
    signature: {
      header: 'calendly-webhook-signature',
      format: fields(',', 't'),
      versions: { v1: hmacSha256Hex },
      signed: '{timestamp}.{body}',
    },
    tolerance: 180,
    body: 'json',
    id: hash,
    type: body('event'),
    attributes: {},
    forward: [],
  },

  /** @see https://airtable.com/developers/web/api/webhooks-overview */
  airtable: {
    secret: 'base64',
    signature: {
      header: 'x-airtable-content-mac',
      format: single('hmac-sha256='),
      versions: { only: hmacSha256Hex },
      signed: '{body}',
    },
    body: 'json',
    id: joined(':', body('webhook.id'), body('timestamp')),
    // A ping only: the changes are to be fetched.
    type: always('webhook.notification'),
    attributes: { base: body('base.id') },
    forward: [],
    answer: emptyAnswer,
  },

  /** @see https://developers.webflow.com/data/docs/working-with-webhooks */
  webflow: {
    secret: 'text',
    signature: {
      header: 'x-webflow-signature',
      format: single(),
      versions: { only: hmacSha256Hex },
      signed: '{timestamp}:{body}',
      timestampHeader: 'x-webflow-timestamp',
      timestampUnit: 'milliseconds',
    },
    body: 'json',
    id: hash,
    type: body('triggerType'),
    attributes: {},
    forward: [],
  },

  /** @see https://www.dropbox.com/developers/reference/webhooks */
  dropbox: {
    secret: 'text',
    signature: {
      header: 'x-dropbox-signature',
      format: single(),
      versions: { only: hmacSha256Hex },
      signed: '{body}',
    },
    body: 'json',
    // It only says whose files changed: two changes are equal byte for byte, and no id tells them apart.
    id: { from: 'request' },
    type: always('list_folder'),
    attributes: {},
    forward: [],
    handshake: dropboxChallenge,
  },

  /** @see https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/ */
  trello: {
    secret: 'text',
    signature: {
      header: 'x-trello-webhook',
      format: single(),
      versions: { only: hmacSha1Base64 },
      signed: '{body}{url}',
    },
    body: 'json',
    // Several webhooks of one app may bring the same action.
    id: first(joined(':', body('webhook.id', 'model.id'), body('action.id')), body('action.id')),
    type: body('action.type'),
    attributes: {},
    forward: [],
    handshake: trelloHead,
  },
} as const satisfies Readonly<Record<string, Provider>>;
