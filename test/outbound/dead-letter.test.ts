import { expect, it } from 'vitest';
import { deadLetterDelivery } from '../../lambdas/outbound/dead-letter.ts';
import { answerForMissing } from '../../lambdas/outbound/missing-record.ts';
import { down, refused } from '../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };

async function failedDelivery() {
  const { world } = await worldWithOneEndpoint(() => refused(404));
  await world.publish(event);
  const unsent = { ...world.deliverPorts, sendDeadDelivery: down };
  await world.deliverOnce(unsent);
  const delivery = await world.table.read(world.delivery().id);
  if (delivery?.status !== 'failed') throw new Error('not failed');
  return { world, delivery, unsent };
}

it('a dead letter names the host of its endpoint, and its line says what failed', async () => {
  const { world, delivery } = await failedDelivery();

  await deadLetterDelivery(delivery, world.deliverPorts);

  expect(world.undelivered.map((text) => JSON.parse(text))).toMatchObject([
    { id: delivery.id, host: 'acme.example', reason: 'answered 404' },
  ]);
  expect(world.report.named('delivery.dead')).toMatchObject([
    { deliveryId: delivery.id, host: 'acme.example', attempts: 1, queue: 'undelivered' },
  ]);
  expect(world.delivery().dueAt).toBeUndefined();
});

it('a failure whose dead letter cannot be sent is noted as counted', async () => {
  const { world, delivery } = await failedDelivery();

  expect(world.delivery()).toMatchObject({ countedRound: delivery.round });
  expect(world.delivery().dueAt).toBeDefined();
});

it('a task whose record is gone is given up with the reason, and counted', async () => {
  const { world, delivery } = await failedDelivery();
  const { id: deliveryId, tenant, endpointId } = delivery;

  const answer = await answerForMissing(
    { v: 1, deliveryId, attempt: 1, tenant, endpointId },
    world.deliverPorts,
  );

  expect(answer).toEqual({ kind: 'acknowledge' });
  expect(world.deadLetters.map((text) => JSON.parse(text))).toMatchObject([
    { id: deliveryId, cause: 'record-missing', reason: 'its record is not in the deliveries table' },
  ]);
  expect(world.report.total('DeliveriesMissing')).toBe(1);
});
