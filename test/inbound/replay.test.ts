import { describe, expect, it, vi } from 'vitest';
import { defineHandlers, PermanentFailure } from '../../lambdas/domain/handler.ts';
import { bodyHash } from '../../lambdas/domain/provider/body-hash.ts';
import { keptEvents, replayEvent } from '../../lambdas/inbound/replay.ts';
import { inboundWorld, stripeMessage } from '../support/worlds/inbound-world.ts';

/** A world in which the first run of each event fails for good, and a command line that replays. */
function replayWorld() {
  const handled: Buffer[] = [];
  const failed = new Set<string>();
  const handlers = defineHandlers('stripe', {
    'invoice.paid': async (event) => {
      if (!failed.has(event.id)) {
        failed.add(event.id);
        throw new PermanentFailure('no');
      }
      handled.push(Buffer.from(event.body));
    },
  });
  const world = inboundWorld(handlers);
  return { ...world, handled, replay: (id: string) => replayEvent(id, world.clock.now, world.ports) };
}

describe('replayEvent', () => {
  it('a failed event is replayed although its queue message is gone', async () => {
    const world = replayWorld();
    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.queue.clear();
    world.deadLetters.length = 0;

    expect(await world.replay('stripe#evt_1')).toEqual({ kind: 'replayed', eventType: 'invoice.paid' });
    await world.turn();

    expect(world.handled.map(String)).toEqual(['{"id":"evt_1","type":"invoice.paid"}']);
    expect(world.inboundEvents.records.get('stripe#evt_1')?.status).toBe('processed');
  });

  it('an ignored event is replayed after a handler was added', async () => {
    const world = replayWorld();
    world.send(stripeMessage('evt_1', { type: 'charge.updated' }));
    await world.turn();
    const runs: string[] = [];
    world.team.handlers['stripe'] = defineHandlers('stripe', {
      'charge.*': async ({ id }) => void runs.push(id),
    });

    await world.replay('stripe#evt_1');
    await world.turn();

    expect(runs).toEqual(['evt_1']);
    expect(world.inboundEvents.records.get('stripe#evt_1')?.status).toBe('processed');
  });

  it('a large binary body is replayed byte for byte', async () => {
    const world = replayWorld();
    const body = Buffer.from('\xff\x00'.repeat(150_000), 'latin1');
    const bodyS3 = `inbound/stripe/${bodyHash(body)}`;
    world.bodies.set(bodyS3, body);
    world.send(stripeMessage('evt_1', { body: undefined, bodyS3 }));
    await world.turn();
    world.bodies.delete(bodyS3);

    await world.replay('stripe#evt_1');
    await world.turn();

    expect(world.handled.map((bytes) => bytes.equals(body))).toEqual([true]);
  });

  it('a replay names the source and the type of its message, by which the queue is watched', async () => {
    const world = replayWorld();
    world.send(stripeMessage('evt_1'));
    await world.turn();
    const sent: unknown[] = [];
    const enqueueFor: typeof world.ports.enqueueFor = async (source, { attributes }) =>
      void sent.push([source, attributes]);

    await replayEvent('stripe#evt_1', world.clock.now, { ...world.ports, enqueueFor });

    expect(sent).toEqual([['stripe', { source: 'stripe', eventType: 'invoice.paid' }]]);
  });

  it('an event that waits for its next attempt is not replayed: its message is on the queue', async () => {
    const world = replayWorld();
    world.team.handlers['stripe'] = defineHandlers('stripe', { '*': () => Promise.reject(new Error('no')) });
    world.send(stripeMessage('evt_1'));
    await world.turn();

    expect(await world.replay('stripe#evt_1')).toEqual({
      kind: 'refused',
      reason: 'stripe#evt_1 is retrying: its message is still queued',
    });
  });

  it('an event whose kept message is there, but whose body in the bucket has expired, is not replayed', async () => {
    const world = replayWorld();
    world.send(stripeMessage('evt_1'));
    await world.turn();
    const record = world.inboundEvents.records.get('stripe#evt_1');
    const bodyS3 = `inbound/stripe/${bodyHash(Buffer.from('gone'))}`;
    const keptMessage = stripeMessage('evt_1', { body: undefined, bodyS3 });
    if (record !== undefined) world.inboundEvents.records.set(record.id, { ...record, keptMessage });

    expect(await world.replay('stripe#evt_1')).toEqual({
      kind: 'refused',
      reason: 'the body of stripe#evt_1 is past its retention',
    });
  });

  it('a replay whose message was lost can be repeated', async () => {
    const world = replayWorld();
    world.send(stripeMessage('evt_1'));
    await world.turn();
    await world.replay('stripe#evt_1');
    world.queue.clear();

    expect(await world.replay('stripe#evt_1')).toMatchObject({ kind: 'replayed' });
    await world.turn();

    expect(world.inboundEvents.records.get('stripe#evt_1')?.status).toBe('processed');
  });

  it('refuses an event while a worker has it, and takes it once the lease is over', async () => {
    const world = replayWorld();
    world.send(stripeMessage('evt_1'));
    await world.turn();
    await world.replay('stripe#evt_1');
    world.team.handlers['stripe'] = defineHandlers('stripe', { '*': () => new Promise(() => undefined) });
    void world.turn();
    await vi.waitFor(() =>
      expect(world.inboundEvents.records.get('stripe#evt_1')?.status).toBe('processing'),
    );

    expect(await world.replay('stripe#evt_1')).toEqual({
      kind: 'refused',
      reason: 'stripe#evt_1 is being processed now',
    });
    world.wait(90);
    expect(await world.replay('stripe#evt_1')).toMatchObject({ kind: 'replayed' });
  });

  it('a replay of a processed, unknown or expired event is refused', async () => {
    const world = replayWorld();
    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.send(stripeMessage('evt_2', { body: 'x'.repeat(33_000) }));
    await world.turn();
    await world.replay('stripe#evt_1');
    await world.turn();
    world.bodies.clear();

    expect(await world.replay('stripe#evt_1')).toEqual({
      kind: 'refused',
      reason: 'stripe#evt_1 is processed; its handler runs once',
    });
    expect(await world.replay('stripe#nothing')).toEqual({
      kind: 'refused',
      reason: 'there is no event stripe#nothing',
    });
    expect(await world.replay('stripe#evt_2')).toEqual({
      kind: 'refused',
      reason: 'the body of stripe#evt_2 is past its retention',
    });
  });
});

describe('keptEvents', () => {
  it('keptEvents lists the failed and ignored events of a day with their reasons', async () => {
    const world = replayWorld();
    world.send(stripeMessage('evt_1'));
    world.send(stripeMessage('evt_2', { type: 'charge.updated' }));
    await world.turn();

    const onDay = (day: string, page: Parameters<typeof keptEvents>[1]) =>
      keptEvents({ source: 'stripe', day }, page, world);
    const { records, next } = await onDay('2026-11-18', { limit: 10 });

    expect(records.map(({ id, status, lastError }) => [id, status, lastError])).toEqual([
      ['stripe#evt_1', 'failed', 'PermanentFailure: no'],
      ['stripe#evt_2', 'ignored', undefined],
    ]);
    expect(next).toBeUndefined();
    expect(await onDay('2026-11-19', { limit: 10 })).toEqual({ records: [] });
    const first = await onDay('2026-11-18', { limit: 1 });
    const second = await onDay('2026-11-18', { limit: 1, after: first.next });
    expect([...first.records, ...second.records]).toEqual(records);
  });

  it('an event that was replayed since is listed under its new end only', async () => {
    const world = replayWorld();
    world.send(stripeMessage('evt_1'));
    await world.turn();
    const record = world.inboundEvents.records.get('stripe#evt_1');
    // The index is late: it still has the event among those that failed.
    const readRecord = async () => record && { ...record, status: 'ignored' as const };
    const late = { ...world.inboundEvents, readRecord };
    const idsOf = async (status: 'failed' | undefined, inboundEvents = world.inboundEvents) => {
      const list = { source: 'stripe', day: '2026-11-18', status };
      return (await keptEvents(list, { limit: 10 }, { inboundEvents })).records.map(({ id }) => id);
    };

    expect(await idsOf('failed')).toEqual(['stripe#evt_1']);
    expect(await idsOf('failed', late)).toEqual([]);
    expect(await idsOf(undefined, late)).toEqual(['stripe#evt_1']);
  });
});
