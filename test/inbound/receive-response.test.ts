import { expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import { reportReceived, responseTo } from '../../lambdas/inbound/receive-response.ts';
import type { ReceiveResult } from '../../lambdas/inbound/receive-result.ts';
import { recordedTelemetry } from '../../testing/memory/telemetry.ts';
import { requestOf } from '../support/worlds/inbound-receiver.ts';

const request = requestOf('{}');
const { stripe, xero, adyen } = catalogue;
const event = (id: string) => ({ id, type: 'invoice.paid', attributes: {}, body: Buffer.from('{}') });
const accepted = (...ids: string[]): ReceiveResult => ({ kind: 'accepted', events: ids.map(event) });
const refused = (status: 401 | 503): ReceiveResult => ({
  kind: 'refused',
  status,
  error: status === 503 ? 'unavailable' : 'invalid_signature',
  reason: 'why',
});
const handshake: ReceiveResult = { kind: 'handshake', response: { status: 200, body: 'challenge' } };

it.each([
  ['one event, by its id', accepted('a'), { status: 'accepted', id: 'a' }],
  ['several events, by their number', accepted('a', 'b'), { status: 'accepted', count: 2 }],
  ['no event', accepted(), { status: 'accepted', count: 0 }],
])('the response names what was accepted: %s', (_what, result, body) => {
  expect(responseTo(result, stripe, request)).toEqual({ kind: 'json', status: 200, body });
});

it('the response to a refusal names its class, and is empty for a provider that wants no body', () => {
  expect(responseTo(refused(401), stripe, request)).toEqual({
    kind: 'json',
    status: 401,
    body: { error: 'invalid_signature' },
  });
  expect(responseTo(refused(401), xero, request)).toEqual({
    kind: 'plain',
    response: { status: 401, body: '' },
  });
});

it('a provider gets the response that it asks for, after an event and after a handshake', () => {
  expect(responseTo(accepted('a'), adyen, request)).toEqual({ kind: 'plain', response: adyen.answer });
  expect(responseTo(handshake, adyen, request)).toEqual({
    kind: 'plain',
    response: { status: 200, body: 'challenge' },
  });
});

const measured = { bytes: 2, durationMs: 3 };

it.each([
  ['info', 'accepted', accepted('a'), { eventId: 'a' }],
  ['info', 'accepted', accepted('a', 'b'), { eventId: 'a', events: 2 }],
  ['info', 'accepted', accepted(), {}],
  ['info', 'handshake', handshake, {}],
  ['warn', 'invalid_signature', refused(401), { reason: 'why', ...measured }],
  ['error', 'unavailable', refused(503), { reason: 'why', ...measured }],
])('a log line of level %s has the status %s', (level, status, result, more) => {
  const { telemetry, lines, counts } = recordedTelemetry();

  reportReceived('shop', result, { correlationId: 'c', ...measured }, telemetry);

  const fields = { source: 'shop', status, correlationId: 'c', ...more };
  expect(lines).toEqual([{ level, line: 'event.received', fields }]);
  expect(counts).toEqual([]);
});
