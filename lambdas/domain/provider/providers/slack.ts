import { emptyAnswer, type Handshake } from '../handshake.ts';
import { isForm, parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';
import type { Provider } from '../provider.ts';
import { body, first, hash, hmacSha256Hex, single } from '../words.ts';

/** Adding the URL sends a signed challenge; the URL of a slash command is tried with an unsigned `ssl_check`. */
const slackHandshake: Handshake = {
  unsigned: ({ body, headers }) => {
    if (!isForm(headers.get('content-type')) || headers.has('x-slack-signature')) return undefined;
    const form = new URLSearchParams(Buffer.from(body).toString('utf8'));
    return form.get('ssl_check') === '1' ? emptyAnswer : undefined;
  },
  signed: ({ body, headers }) => {
    const payload = parsePayload(body, 'json', headers.get('content-type'));
    const challenge = propertyAt(payload, 'challenge');
    if (propertyAt(payload, 'type') !== 'url_verification' || typeof challenge !== 'string') return undefined;
    return { status: 200, contentType: 'text/plain', body: challenge };
  },
};

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
  // Commands and interactivity have no event id.
  id: first(body('event_id', 'trigger_id'), hash),
  type: body('event.type', 'type', 'command'),
  typeWhenAbsent: 'unknown',
  attributes: { team: body('team_id', 'team.id') },
  forward: ['x-slack-request-timestamp', 'x-slack-retry-num', 'x-slack-retry-reason'],
  handshake: slackHandshake,
};
