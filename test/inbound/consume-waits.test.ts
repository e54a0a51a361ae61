import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withWait } from '../../lambdas/domain/event.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { consume } from '../../lambdas/inbound/consume.ts';
import { fail, scripted, succeed } from '../support/fixtures/scripted-handlers.ts';
import { inboundWorld, sourceSettings, stripeMessage } from '../support/worlds/inbound-world.ts';

const start = 1_795_000_000_000;
const at = (after: number) => start + after * 1000;
const withDelays = (...delays: number[]) => sourceSettings({ handlerRetryDelays: delays.map(seconds) });
const wait = (after: string, notBefore: number, origin = 'message-1') => ({ after, notBefore, origin });

describe('consume, when a handler has to wait', () => {
  it.each([1, 60])('a message waits in flight for %i s', async (delay) => {
    const world = inboundWorld(scripted(fail).handlers, withDelays(delay));
    world.send(stripeMessage('evt_1'));

    const { failedMessageIds } = await world.turn();

    expect(failedMessageIds).toEqual(['message-1']);
    expect(world.queue.get('message-1')?.visibleAt).toBe(at(delay));
    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({
      status: 'retrying',
      dueAt: at(delay),
    });
  });

  it.each([61, 900])(
    'sends a new message for a wait of %i s, and acknowledges the old one',
    async (delay) => {
      const world = inboundWorld(scripted(fail, succeed).handlers, withDelays(delay));
      world.send(stripeMessage('evt_1'));

      await world.turn();

      const text = withWait(stripeMessage('evt_1'), wait('invocation-1/message-1', at(delay)));
      expect([...world.queue.values()]).toMatchObject([
        { messageId: 'message-2', text, visibleAt: at(delay), receives: 0 },
      ]);
      expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({
        sentBack: true,
        dueAt: at(delay),
      });
      world.wait(delay);
      await world.turn();
      expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({
        status: 'processed',
        attempts: 2,
      });
      expect(world.queue.size).toBe(0);
    },
  );

  it('a message that waits is deleted while its batch still runs, which may end the process', async () => {
    const queued: string[][] = [];
    const { handlers } = scripted(fail, async () => {
      await setImmediate();
      queued.push([...world.queue.keys()]);
    });
    const world = inboundWorld(handlers, withDelays(900));
    world.send(stripeMessage('evt_1'));
    world.send(stripeMessage('evt_2'));

    await world.turn();

    expect(queued).toEqual([['message-2', 'message-3']]);
  });

  it('a message that waits is left to Lambda to delete if no other is in its batch', async () => {
    const world = inboundWorld(scripted(fail).handlers, withDelays(900));
    world.send(stripeMessage('evt_1'));

    const { failedMessageIds } = await consume(world.receive(), world.invocation(), world.team, world.ports);

    expect(failedMessageIds).toEqual([]);
    expect([...world.queue.keys()]).toEqual(['message-1', 'message-2']);
  });

  it('an early message is sent on without a read of the table or the bucket, and waits in flight for the last minute', async () => {
    const { runs, handlers } = scripted(fail, succeed);
    const world = inboundWorld(handlers, withDelays(1850));
    world.send(stripeMessage('evt_1'));
    await world.turn();
    const closed = async () => Promise.reject(new Error('nothing is looked at'));
    const inboundEvents = { ...world.inboundEvents, claim: closed, reclaim: closed, finish: closed };
    const ports = { ...world.ports, inboundEvents, getBody: closed };

    for (const messageId of ['message-2', 'message-3']) {
      world.wait(900);
      const batch = world.receive();
      expect(batch.map((message) => message.messageId)).toEqual([messageId]);
      world.answer(batch, await consume(batch, world.invocation(), world.team, ports));
    }

    // 50 s are left of it.
    expect([...world.queue.values()]).toMatchObject([{ messageId: 'message-3', visibleAt: at(1850) }]);
    world.wait(50);
    await world.turn();
    expect(runs).toEqual(['evt_1 1', 'evt_1 2']);
    expect(world.queue.size).toBe(0);
  });

  it('a message that cannot be sent back comes back and is sent five minutes later', async () => {
    const { runs, handlers } = scripted(fail, succeed);
    const world = inboundWorld(handlers, withDelays(1000));
    world.send(stripeMessage('evt_1'));
    const batch = world.receive();
    const refuses = { ...world.ports, sendBack: () => Promise.reject(new Error('no answer')) };

    world.answer(batch, await consume(batch, world.invocation(), world.team, refuses));

    expect(world.queue.get('message-1')?.visibleAt).toBe(at(300));
    expect(world.inboundEvents.records.get('stripe#evt_1')?.sentBack).toBeUndefined();
    expect(world.lines.map(({ line }) => line)).toContain('message.send-back-failed');
    world.wait(300);
    await world.turn();
    expect([...world.queue.values()]).toMatchObject([{ messageId: 'message-2', visibleAt: at(1000) }]);
    world.wait(700);
    await world.turn();
    expect(runs).toEqual(['evt_1 1', 'evt_1 2']);
    expect(world.queue.size).toBe(0);
  });

  it('a redelivery does not start the next attempt early: it joins the wait, and ends superseded or as a duplicate', async () => {
    const { runs, handlers } = scripted(fail, fail, succeed);
    const world = inboundWorld(handlers, withDelays(120, 120));
    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.wait(10);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(runs).toHaveLength(1);
    expect([...world.queue.values()].map(({ visibleAt }) => visibleAt)).toEqual([at(120), at(120)]);
    expect(world.counts.get('WebhooksReceived stripe invoice.* waiting')).toBe(1);
    for (let turn = 0; turn < 300 && world.queue.size > 0; turn++) {
      world.wait(1);
      await world.turn();
    }
    expect(runs).toHaveLength(3);
    expect(world.counts.get('WebhooksReceived stripe invoice.* superseded')).toBe(1);
    expect(world.queue.size).toBe(0);
  });

  it('a redelivery continues an event whose waiting message is gone', async () => {
    const { runs, handlers } = scripted(fail, succeed);
    const world = inboundWorld(handlers, withDelays(120));
    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.queue.clear();

    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.wait(120);
    await world.turn();

    expect(runs).toEqual(['evt_1 1', 'evt_1 2']);
  });

  it('an old message that comes back beside the one that was sent is acknowledged', async () => {
    const world = inboundWorld(scripted(fail).handlers, withDelays(600));
    world.send(stripeMessage('evt_1'));
    // Its acknowledgement is lost.
    await consume(world.receive(), world.invocation(), world.team, world.ports);
    world.wait(90);

    await world.turn();

    expect([...world.queue.keys()]).toEqual(['message-2']);
  });

  it('the dead letter of an event has no wait, so that it runs at once when it is put back', async () => {
    const { runs, handlers } = scripted(fail, fail, succeed);
    const world = inboundWorld(handlers, withDelays(120));
    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.wait(120);
    await world.turn();

    expect(world.deadLetters.map(({ message }) => message)).toEqual([stripeMessage('evt_1')]);
    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({ endedMessageId: 'message-1' });
    world.send(world.deadLetters[0]?.message ?? '');
    await world.turn();
    expect(runs).toEqual(['evt_1 1', 'evt_1 2', 'evt_1 1']);
  });

  it('the record decides about a message that claims a longer wait than any schedule has', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(withWait(stripeMessage('evt_1'), wait('unknown', at(6 * 86_400))));

    await world.turn();

    expect(runs).toEqual(['evt_1 1']);
  });

  it('no message is hidden for longer than five minutes when the table cannot be reached', async () => {
    const world = inboundWorld(scripted(succeed).handlers, sourceSettings({ lease: seconds(845) }));
    world.send(stripeMessage('evt_1'));
    const claim = () => Promise.reject(new Error('throttled'));
    const ports = { ...world.ports, inboundEvents: { ...world.ports.inboundEvents, claim } };

    await consume(world.receive(), world.invocation(), world.team, ports);

    expect(world.queue.get('message-1')?.visibleAt).toBe(at(300));
  });
});
