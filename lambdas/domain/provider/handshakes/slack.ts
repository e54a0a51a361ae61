import { emptyAnswer, type Handshake } from '../handshake.ts';
import { parsePayload } from '../payload.ts';
import { propertyAt } from '../property.ts';

/** Adding the URL sends a signed challenge; the URL of a slash command is tried with an unsigned `ssl_check`. */
export const slackHandshake: Handshake = {
  unsigned: ({ body, headers }) => {
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type') ?? '');
    if (!isForm || headers.has('x-slack-signature')) return undefined;
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
