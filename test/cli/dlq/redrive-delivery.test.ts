import { expect, test } from 'vitest';
import { describeDelivery } from '../../../cli/deliveries/format.ts';
import { redriveOf } from '../../../cli/dlq/redrive-delivery.ts';
import type { Delivery, DeliveryStatus } from '../../../lambdas/domain/delivery-record.ts';
import { asEventId } from '../../../lambdas/domain/ids.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { newDelivery, withStatus } from '../../adapters/dynamodb/deliveries-fixture.ts';

const at = unixMillis(1_795_580_000_000);
const delivery = (status: DeliveryStatus): Delivery =>
  withStatus(
    {
      ...newDelivery(),
      eventId: asEventId('evt_1'),
      attempts: 2,
      attemptLog: [
        { n: 1, at, ms: 12, status: 503, error: 'answered 503', sample: 'busy\u001b[2J' },
        { n: 2, at, ms: 3000, error: 'timed out' },
      ],
    },
    status,
  );
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
