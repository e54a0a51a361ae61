import { expect, it } from 'vitest';
import { asEndpointId, asEventId, asTenantId } from '../../lambdas/domain/ids.ts';
import {
  contentHash,
  eventBody,
  eventExpiry,
  eventKeptFor,
  goesTooSoon,
  outboundEventKey,
  payloadKey,
  payloadPrefixOf,
} from '../../lambdas/domain/outbound-event.ts';
import { days, later, millis, seconds, unixMillis, unixSeconds } from '../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const publication = {
  id: asEventId('inv-42'),
  type: 'invoice.paid',
  tenant: asTenantId('acme'),
  data: { total: 7 },
  to: { kind: 'endpoint', id: asEndpointId('prod') },
} as const;

it('the body of an event has its id, type, tenant, time and data, in this order', () => {
  expect(eventBody(publication, now)).toBe(
    '{"id":"inv-42","type":"invoice.paid","tenant":"acme","created_at":"2026-11-25T12:00:00.000Z","data":{"total":7}}',
  );
  expect(eventBody({ ...publication, tenant: asTenantId('') }, now)).not.toContain('tenant');
});

it('the content of an event is its type and its data', () => {
  const hash = contentHash(publication);

  expect(contentHash({ ...publication, id: asEventId('inv-43') })).toBe(hash);
  expect(contentHash({ ...publication, type: 'invoice.sent' })).not.toBe(hash);
  expect(contentHash({ ...publication, data: { total: 8 } })).not.toBe(hash);
});

it('the object of a large payload is named by its event and its content', () => {
  const key = outboundEventKey(publication.tenant, publication.id);

  expect(key).toBe('acme#inv-42');
  expect(payloadPrefixOf(key)).toMatch(/^outbound\/[0-9a-f]{64}\/$/);
  expect(payloadKey(key, 'one').startsWith(payloadPrefixOf(key))).toBe(true);
  expect(payloadKey(key, 'one')).not.toBe(payloadKey(key, 'two'));
});

it('an event is kept for its attempts, five days of failures, the retention of the result, and a day', () => {
  const settings = { disableAfter: days(5), deliveryRetention: days(30) };

  expect(eventKeptFor(millis(1_001), settings)).toBe(2 + 36 * 86_400);
  expect(eventExpiry(now, seconds(60))).toBe(later(now, seconds(60)) / 1000);
});

it('an event expires too soon for a new round when more than half of its spare day is gone', () => {
  const keptFor = days(36);
  const halfDay = 43_200;
  const expiry = eventExpiry(now, keptFor);

  expect(goesTooSoon(expiry, now, keptFor)).toBe(false);
  expect(goesTooSoon(unixSeconds(expiry - halfDay), now, keptFor)).toBe(false);
  expect(goesTooSoon(unixSeconds(expiry - halfDay - 1), now, keptFor)).toBe(true);
});
