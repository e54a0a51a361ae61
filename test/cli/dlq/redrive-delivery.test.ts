import { expect, test } from 'vitest';
import { describeDelivery } from '../../../cli/deliveries/format.ts';
import { redriveOf } from '../../../cli/dlq/redrive-delivery.ts';
import type { Delivery, DeliveryStatus } from '../../../lambdas/domain/delivery-record.ts';
import { millis, seconds, unixMillis, unixSeconds } from '../../../lambdas/domain/time.ts';

const at = unixMillis(1_795_580_000_000);
const delivery = (status: DeliveryStatus): Delivery => ({
  id: 'abc',
  tenant: 'acme',
  eventId: 'evt_1',
  eventType: 'invoice.paid',
  endpointId: 'me',
  url: 'https://example.com/hooks',
  correlationId: 'c',
  status,
  attempts: 2,
  attemptsBefore: 0,
  attemptLog: [
    { n: 1, at, ms: 12, status: 503, error: 'answered 503', sample: 'busy\u001b[2J' },
    { n: 2, at, ms: 3000, error: 'timed out' },
  ],
  createdAt: at,
  claims: 2,
  crashes: 0,
  round: 1,
  deadline: at,
  lifetime: millis(1),
  eventExpiresAt: unixSeconds(1_799_000_000),
  eventKeptFor: seconds(1),
  sweeps: 0,
});
const task = '{"v":1,"deliveryId":"abc","attempt":2,"tenant":"acme","endpointId":"me"}';
const seen =
  '{"v":1,"deliveryId":"abc","attempt":2,"tenant":"acme","endpointId":"me","seen":{"claims":1,"round":1,"success":{"at":1,"ms":1,"status":200}}}';

test.each([
  ['failed', undefined, 'replay'],
  ['discarded', undefined, 'replay'],
  ['delivered', undefined, 'obsolete'],
  ['pending', undefined, 'obsolete'],
  ['held', undefined, 'obsolete'],
  ['pending', task, 'task'],
  ['held', task, 'task'],
  ['failed', task, 'replay'],
  ['delivered', task, 'obsolete'],
  ['failed', seen, 'task'],
  ['failed', 'garbage', 'replay'],
] as const)('a %s delivery with the task %s: %s', (status, taskText, kind) => {
  expect(redriveOf(delivery(status), taskText).kind).toBe(kind);
});

test('a delivery that no longer exists is refused', () => {
  expect(redriveOf(undefined, undefined)).toMatchObject({ kind: 'refused' });
});

test('a delivery is shown with each attempt, without control characters', () => {
  const shown = describeDelivery(delivery('failed'));

  expect(shown).toContain('evt_1 (invoice.paid)');
  expect(shown).toMatch(/ 1 .* 12 ms .* 503 .* answered 503 .* busy /);
  expect(shown).toMatch(/ 2 .* 3000 ms .* – .* timed out /);
  expect(shown).not.toContain('\u001b');
});
