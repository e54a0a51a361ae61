import { expect, it } from 'vitest';
import { seconds } from '../../../lambdas/domain/time.ts';
import type { PublishPorts } from '../../../lambdas/outbound/publish/publish.ts';
import { down, message } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

it.each([
  ['the event', (ports: PublishPorts) => ({ ...ports, events: { ...ports.events, create: down } })],
  [
    'the delivery',
    (ports: PublishPorts) => ({ ...ports, deliveries: { ...ports.deliveries, create: down } }),
  ],
  ['the tasks', (ports: PublishPorts) => ({ ...ports, sendTasks: down })],
  ['the mark', (ports: PublishPorts) => ({ ...ports, events: { ...ports.events, markFannedOut: down } })],
])('λ publish completes with the same message what failed before %s', async (_what, broken) => {
  const world = outboundWorld();
  await world.publishQueue.send({ body: JSON.stringify(message) });

  await world.workOffPublishQueue(broken(world.publishPorts));
  expect(world.publishQueue.contents()).toHaveLength(1);
  world.advance(seconds(451));
  await world.workOffPublishQueue();
  await world.run(seconds(60));

  expect(world.publishQueue.contents()).toEqual([]);
  expect(world.events.events.get('#inv-42')?.fannedOutAt).toBeDefined();
  expect(world.delivery().status).toBe('delivered');
  expect(world.requests).toHaveLength(1);
});

it('λ publish fails only the message that it could not record', async () => {
  const world = outboundWorld();
  const create: PublishPorts['events']['create'] = (event) =>
    event.id === '#bad' ? down() : world.events.create(event);
  for (const id of ['bad', 'good'])
    await world.publishQueue.send({ body: JSON.stringify({ ...message, id }) });

  await world.workOffPublishQueue({
    ...world.publishPorts,
    events: { ...world.publishPorts.events, create },
  });

  expect(world.publishQueue.contents()).toEqual([JSON.stringify({ ...message, id: 'bad' })]);
  expect(world.delivery().eventId).toBe('good');
});

it('λ publish gives a message up after very many deliveries, with the event’s id in it', async () => {
  const world = outboundWorld();
  const { id: _, ...withoutId } = message;
  await world.publishQueue.send({ body: JSON.stringify(withoutId) });

  for (let receive = 1; receive <= 50; receive++) {
    expect(world.deadLetters).toEqual([]);
    await world.workOffPublishQueue({ ...world.publishPorts, sendTasks: down });
    world.advance(seconds(451));
  }

  expect(world.publishQueue.contents()).toEqual([]);
  const entry = JSON.parse(world.deadLetters[0] ?? '');
  expect(entry).toMatchObject({
    kind: 'publish',
    id: 'm1',
    reason: 'failed 50 times, the last with Error: down',
  });
  expect(JSON.parse(entry.message)).toMatchObject({ id: 'm1', type: 'invoice.paid' });
});

it('leaves a message on the queue that it can neither publish nor give up', async () => {
  const world = outboundWorld();
  await world.publishQueue.send({ body: JSON.stringify(message) });

  for (let receive = 1; receive <= 51; receive++) {
    await world.workOffPublishQueue({ ...world.publishPorts, sendTasks: down, sendDeadLetter: down });
    world.advance(seconds(451));
  }

  expect(world.publishQueue.contents()).toHaveLength(1);
  await world.workOffPublishQueue();
  await world.run(seconds(60));
  expect(world.delivery().status).toBe('delivered');
});

it('λ publish sends no task again once all are sent: the sweep replaces lost ones', async () => {
  const world = outboundWorld();

  await world.publish(message);
  world.deliveryQueue.purge();
  await world.publish(message);
  expect(world.deliveryQueue.contents()).toEqual([]);
  await world.run(seconds(360));

  expect(world.delivery().status).toBe('delivered');
  expect(world.report.total('DeliveriesNeverAttempted')).toBe(1);
});
