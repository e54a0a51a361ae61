import { describe, expect, it } from 'vitest';
import { eventExpiry } from '../../../lambdas/domain/outbound-event.ts';
import { days, later, type Seconds, seconds } from '../../../lambdas/domain/time.ts';
import { sweepOne } from '../../../lambdas/outbound/sweep/sweep-one.ts';
import { down, message, outboundSettings, refused, start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';

const { deliveryRetention } = outboundSettings;

/** A delivery that is due now: its first request was answered with that status, and its task is lost. */
async function dueDelivery(status: number, changes: Partial<StoredDelivery> = {}) {
  const world = outboundWorld(() => refused(status));
  await world.publish(message);
  await world.deliverOnce(status === 404 ? { ...world.deliverPorts, sendDeadDelivery: down } : undefined);
  world.deliveryQueue.purge();
  const { id } = world.delivery();
  world.table.deliveries.set(id, { ...world.delivery(), dueAt: start, ...changes });
  const look = (ports = world.sweepPorts) => sweepOne(id, deliveryRetention, ports);
  return { world, id, look };
}

const inFuture = (span: Seconds) => later(start, span);

describe('a delivery that the index lists although it is not due', () => {
  it('stays as it is, and gets no task', async () => {
    const { world, look } = await dueDelivery(503, { dueAt: inFuture(seconds(1)) });
    const before = world.delivery();

    expect(await look()).toEqual({ kind: 'nothing' });
    expect(world.delivery()).toEqual(before);
  });
});

describe('a pending delivery that is due', () => {
  it('gets a task, and the sweep looks at it again in a quarter of an hour', async () => {
    const { world, id, look } = await dueDelivery(503);

    expect(await look()).toMatchObject({ kind: 'task', task: expect.anything(), isNeverAttempted: false });
    expect(world.delivery()).toMatchObject({ id, dueAt: inFuture(seconds(900)), sweeps: 1 });
  });

  it('keeps its event, which would expire before it', async () => {
    const { world, look } = await dueDelivery(503);
    world.advance(days(10));

    await look();

    const until = eventExpiry(world.now(), world.delivery().eventKeptFor);
    expect([...world.events.events.values()]).toMatchObject([{ expiresAt: until }]);
    expect(world.delivery().eventExpiresAt).toBe(until);
  });

  it('is left to the worker that has it until a minute after its lease', async () => {
    const { world, look } = await dueDelivery(503, { leaseUntil: inFuture(seconds(1)), claims: 2 });

    expect(await look()).toEqual({ kind: 'nothing' });
    expect(world.delivery()).toMatchObject({ dueAt: inFuture(seconds(61)), sweeps: 0 });
  });

  it('gets a task when the lease of its worker ends', async () => {
    const { look } = await dueDelivery(503, { leaseUntil: start, claims: 2 });

    expect(await look()).toMatchObject({ kind: 'task' });
  });

  it('gets no task while its next attempt is later than a task can be delayed', async () => {
    const { world, look } = await dueDelivery(503, { nextAttemptAt: inFuture(seconds(901)) });

    expect(await look()).toEqual({ kind: 'nothing' });
    expect(world.delivery()).toMatchObject({ dueAt: inFuture(seconds(601)), sweeps: 0 });
  });

  it('gets a task with the longest delay of a task', async () => {
    const { look } = await dueDelivery(503, { nextAttemptAt: inFuture(seconds(900)) });

    expect(await look()).toMatchObject({ kind: 'task', task: { delay: 900 } });
  });

  it('gets a task without a delay if it waits for nothing', async () => {
    const { look } = await dueDelivery(503, { nextAttemptAt: undefined });

    expect(await look()).toMatchObject({ kind: 'task', task: { delay: 0 } });
  });

  it.each([
    ['no worker has claimed it', {}, true],
    ['its attempt was deferred until five minutes ago', { nextAttemptAt: later(start, seconds(-300)) }, true],
    ['its attempt was deferred until just now', { nextAttemptAt: later(start, seconds(-299)) }, false],
    ['its attempt is deferred', { nextAttemptAt: inFuture(seconds(10)) }, false],
    ['it has been attempted', { attempts: 1 }, false],
    ['a worker had it', { claims: 1 }, false],
  ])('counts as never attempted, or not, when %s', async (_when, changes, isNeverAttempted) => {
    const unclaimed = { attempts: 0, claims: 0, nextAttemptAt: undefined };
    const { look } = await dueDelivery(503, { ...unclaimed, ...changes });

    expect(await look()).toMatchObject({ kind: 'task', isNeverAttempted });
  });
});

describe('a failed delivery whose dead letter is missing', () => {
  it('gets its dead letter, and does not keep its event for longer', async () => {
    const { world, look } = await dueDelivery(404);
    const keep = async (): Promise<never> => {
      throw new Error('the event is not kept');
    };
    world.advance(days(40));

    expect(await look({ ...world.sweepPorts, events: { ...world.events, keep } })).toEqual({
      kind: 'dead-letter',
    });
    expect(world.undelivered).toHaveLength(1);
  });

  it('gets none from a sweep whose write is refused', async () => {
    const { world, look } = await dueDelivery(404);
    const moveDue: typeof world.table.moveDue = async (...args) => {
      await world.table.moveDue(...args);
      return world.table.moveDue(...args);
    };

    expect(await look({ ...world.sweepPorts, deliveries: { ...world.table, moveDue } })).toEqual({
      kind: 'nothing',
    });
    expect(world.undelivered).toEqual([]);
  });
});

describe('a held delivery that is due', () => {
  async function heldDelivery() {
    const { world, disable, enable } = await worldWithOneEndpoint();
    await world.publish({ id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} });
    await disable();
    await world.deliverOnce();
    const { id } = world.delivery();
    world.advance(seconds(3_600));
    return { world, enable, look: (ports = world.sweepPorts) => sweepOne(id, deliveryRetention, ports) };
  }

  it('stays held while its endpoint is disabled, and is looked at after twice the time', async () => {
    const { world, look } = await heldDelivery();
    const due = (hours: number) => later(world.now(), seconds(hours * 3_600));

    expect(await look()).toEqual({ kind: 'nothing' });
    expect(world.delivery()).toMatchObject({ status: 'held', dueAt: due(2), sweeps: 1 });
    world.advance(seconds(2 * 3_600));
    await look();
    expect(world.delivery()).toMatchObject({ status: 'held', dueAt: due(4), sweeps: 2 });
  });

  it('is released if its endpoint was enabled, though nobody released it then', async () => {
    const { world, enable, look } = await heldDelivery();
    await enable();

    await look();

    expect(world.delivery().status).toBe('pending');
    expect(world.deliveryQueue.contents()).toHaveLength(1);
  });

  it('is not released by a sweep whose write is refused', async () => {
    const { world, enable, look } = await heldDelivery();
    await enable();
    const moveDue: typeof world.table.moveDue = async (...args) => {
      await world.table.moveDue(...args);
      return world.table.moveDue(...args);
    };

    await look({ ...world.sweepPorts, deliveries: { ...world.table, moveDue } });

    expect(world.delivery().status).toBe('held');
  });
});

describe('a delivery that cannot be read', () => {
  it('counts as an error of the sweep', async () => {
    const { world, look } = await dueDelivery(503);

    expect(await look({ ...world.sweepPorts, deliveries: { ...world.table, read: down } })).toEqual({
      kind: 'error',
    });
    expect(world.report.total('WorkErrored')).toBe(1);
  });
});
