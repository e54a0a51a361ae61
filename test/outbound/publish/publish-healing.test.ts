import { expect, it } from 'vitest';
import { dueForRetry } from '../../../lambdas/domain/retry-schedule.ts';
import { later, millis, seconds } from '../../../lambdas/domain/time.ts';
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
])('λ publish completes with the same message what failed before %s', async (_what, broken) => {
  const world = outboundWorld();
  await world.publishQueue.send({ body: JSON.stringify(message) });

  await world.workOffPublishQueue(broken(world.publishPorts));
  expect(world.publishQueue.contents()).toHaveLength(1);
  world.advance(seconds(451));
  await world.workOffPublishQueue();
  await world.run(seconds(60));

  expect(world.publishQueue.contents()).toEqual([]);
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

it('λ publish sends the task again of a delivery that no worker has taken yet, and it is attempted once', async () => {
  const world = outboundWorld();

  for (let nth = 0; nth < 3; nth++) await world.publish(message);
  expect(world.deliveryQueue.contents()).toHaveLength(3);
  await world.run(seconds(10));

  expect(world.delivery().status).toBe('delivered');
  expect(world.requests).toHaveLength(1);
});

it('λ publish sends no task again of a delivery that waits: the sweep replaces a lost one', async () => {
  const world = outboundWorld();
  await world.publish(message);
  const now = world.now();
  const until = later(now, seconds(60));
  const times = {
    now,
    until,
    dueAt: dueForRetry(until, seconds(60)),
    extend: millis(0),
    waitsSince: now,
    isForEndpoint: false,
  };
  await world.deliverPorts.deliveries.defer(world.delivery().id, 1, times);
  world.deliveryQueue.purge();

  await world.publish(message);
  expect(world.deliveryQueue.contents()).toEqual([]);
  await world.run(seconds(600));

  expect(world.delivery().status).toBe('delivered');
  expect(world.requests).toHaveLength(1);
});
