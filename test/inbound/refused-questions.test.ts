import { expect, it } from 'vitest';
import { meta } from '../../lambdas/domain/provider/providers/meta.ts';
import { okta } from '../../lambdas/domain/provider/providers/okta.ts';
import { workos } from '../../lambdas/domain/provider/providers/workos.ts';
import { readEvents } from '../../lambdas/domain/provider/read-events.ts';
import { requestOf } from '../support/worlds/inbound-receiver.ts';

// Their senders act on the response, so Hookline must not accept them.
it.each([
  ['an action of WorkOS', workos, { id: '01', object: 'authentication_action_context', user: {} }],
  ['an inline hook of Okta', okta, { eventType: 'com.okta.oauth2.tokens.transform', data: { context: {} } }],
  ['a screen of a WhatsApp Flow', meta, { encrypted_flow_data: 'aGk=', encrypted_aes_key: 'aGk=' }],
])('%s is not an event', (_name, provider, body) => {
  const request = requestOf(JSON.stringify(body));

  expect(readEvents(provider, request, { family: '', idRule: provider.id, requestId: 'r' })).toMatchObject({
    ok: false,
  });
});
