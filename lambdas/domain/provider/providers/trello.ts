import { emptyResponse, type Handshake } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { body, first, hmacSha1Base64, joined, single } from '../provider-dsl.ts';

/** Creating a webhook sends an unsigned HEAD and requires exactly 200. */
const trelloHead: Handshake = {
  methods: ['HEAD'],
  unsigned: ({ method }) => (method === 'HEAD' ? emptyResponse : undefined),
};

/** @see https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/ */
export const trello: Provider = {
  secret: 'text',
  signature: {
    header: 'x-trello-webhook',
    format: single(),
    versions: { only: hmacSha1Base64 },
    signed: '{body}{url}',
  },
  body: 'json',
  // Several webhooks of one app may send the same action.
  id: first(joined(':', body('webhook.id', 'model.id'), body('action.id')), body('action.id')),
  type: body('action.type'),
  attributes: {},
  forward: [],
  handshake: trelloHead,
};
