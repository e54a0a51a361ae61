import { fieldOf, isForm, readForm } from '../form.ts';
import { emptyResponse, type Handshake, jsonResponse } from '../handshake.ts';
import { decodeUtf8, parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, first, hash, header, hmacSha256Hex, joined, single } from '../provider-dsl.ts';

/** The request has `ssl_check` and the app's token only. */
const maxSslCheckBytes = 4 * 1024;

/** Adding the URL sends a signed challenge. Slack tests the URL of a slash command with an unsigned `ssl_check`. */
const slackHandshake: Handshake = {
  unsigned: ({ body, headers }) => {
    if (headers.has('x-slack-signature') || body.byteLength > maxSslCheckBytes) return undefined;
    return isForm(decodeUtf8(body) ?? '') && fieldOf(readForm(body), 'ssl_check') === '1'
      ? emptyResponse
      : undefined;
  },
  signed: ({ body }) => {
    const payload = parsePayload(body, 'json');
    const challenge = propertyAt(payload, 'challenge');
    if (propertyAt(payload, 'type') !== 'url_verification' || typeof challenge !== 'string') return undefined;
    return { status: 200, contentType: 'text/plain', body: challenge };
  },
};

const suggestions = ['block_suggestion', 'dialog_suggestion'];

/**
 * Whether a menu asks for its options. The oldest menus use one type for this and for choices; only choices have
 * actions.
 */
function asksForOptions(payload: unknown): boolean {
  const type = propertyAt(payload, 'type');
  return type === 'interactive_message'
    ? propertyAt(payload, 'actions') === undefined
    : suggestions.some((name) => name === type);
}

/** @see https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slack: Provider = {
  secret: 'text',
  signature: {
    header: 'x-slack-signature',
    format: single('v0='),
    versions: { only: hmacSha256Hex },
    signed: 'v0:{timestamp}:{body}',
    timestampHeader: 'x-slack-request-timestamp',
  },
  body: 'json-or-fields',
  // Commands and interactivity have no event id. Slack sends them once, with a signed timestamp.
  id: first(body('event_id', 'trigger_id'), joined(':', hash, header('x-slack-request-timestamp'))),
  type: body('event.type', 'type', 'command'),
  typeWhenAbsent: 'unknown',
  attributes: { team: body('team_id', 'team.id') },
  forward: ['x-slack-request-timestamp', 'x-slack-retry-num', 'x-slack-retry-reason'],
  handshake: slackHandshake,
  // Slack shows a body to the user, or treats it as an error when a view is submitted. Only a menu needs one.
  answer: ({ body: bytes }) =>
    asksForOptions(parsePayload(bytes, 'json-or-fields')) ? jsonResponse({ options: [] }) : emptyResponse,
};
