import { describe, expect, it } from 'vitest';
import { defineHandlers, PermanentFailure } from '../../lambdas/domain/handler.ts';
import type { RemoteTarget, TargetsByType } from '../../lambdas/domain/target.ts';
import type { TargetMessage } from '../../lambdas/domain/target-message.ts';
import { consume } from '../../lambdas/inbound/consume.ts';
import { findTargetsBy } from '../../lambdas/inbound/targets/find-targets.ts';
import { scripted, succeed } from '../support/fixtures/scripted-handlers.ts';
import { inboundWorld, sourceSettings, stripeMessage } from '../support/worlds/inbound-world.ts';

const bus: RemoteTarget = { kind: 'bus', at: 0 };
const queue: RemoteTarget = { kind: 'queue', at: 1, isFifo: false };

/** A source with targets, which do what is told of them by kind; without that they take every event. */
function worldWith(to: TargetsByType, does: Partial<Record<string, () => Promise<void>>> = {}) {
  const taken: { readonly kind: string; readonly message: TargetMessage }[] = [];
  const handled = scripted(succeed);
  const world = inboundWorld(handled.handlers, sourceSettings({ to }));
  const findTargets = findTargetsBy({
    putBody: world.ports.putBody,
    bucket: 'payloads-1',
    async sendToTarget({ kind }, message) {
      await does[kind]?.();
      taken.push({ kind, message });
    },
  });
  const turn = async () => {
    const batch = world.receive();
    const ports = { ...world.ports, findTargets };
    world.answer(batch, await consume(batch, world.invocation(), world.team, ports));
  };
  const statusOf = (id: string) => world.inboundEvents.records.get(`stripe#${id}`)?.status;
  return { ...world, turn, taken, runs: handled.runs, statusOf };
}

describe('an event of a source with a target', () => {
  it('an event is handed to its target and recorded, without running a handler', async () => {
    const world = worldWith({ '*': [bus] });
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(world.taken.map(({ kind, message }) => [kind, message.id])).toEqual([['bus', 'evt_1']]);
    expect(world.runs).toEqual([]);
    expect(world.statusOf('evt_1')).toBe('processed');
    expect(world.queue.size).toBe(0);
  });

  it('an event goes by the most exact type, and one that fits none is kept as ignored', async () => {
    const world = worldWith({
      'invoice.*': [bus],
      'invoice.paid': [queue],
      'charge.*': [{ kind: 'handlers' }],
    });
    world.send(stripeMessage('evt_paid'));
    world.send(stripeMessage('evt_void', { type: 'invoice.voided' }));
    world.send(stripeMessage('evt_payout', { type: 'payout.paid' }));

    await world.turn();

    expect(world.taken.map(({ kind, message }) => [kind, message.id]).sort()).toEqual([
      ['bus', 'evt_void'],
      ['queue', 'evt_paid'],
    ]);
    expect(world.statusOf('evt_payout')).toBe('ignored');
    expect(world.counts.get('WebhooksReceived stripe invoice.* processed')).toBe(1);
    expect(world.counts.get('WebhooksReceived stripe other ignored')).toBe(1);
  });

  it('a handler is a target beside others', async () => {
    const world = worldWith({ 'invoice.*': [{ kind: 'handlers' }, bus] });
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(world.runs).toEqual(['evt_1 1']);
    expect(world.taken).toHaveLength(1);
  });

  it('handlers of another provider do not matter where all events go to targets', async () => {
    const world = worldWith({ '*': [bus] });
    const team = {
      ...world.team,
      handlers: { stripe: defineHandlers('github', { push: async () => undefined }) },
    };
    world.send(stripeMessage('evt_1'));

    const findTargets = () => ({ declaredAs: '*', run: async () => undefined });
    await consume(world.receive(), world.invocation(), team, { ...world.ports, findTargets });

    expect(world.statusOf('evt_1')).toBe('processed');
  });

  it('a target that fails is tried again, and a refusal for good is a dead letter with its reason', async () => {
    let failures = 0;
    const world = worldWith(
      { 'invoice.*': [bus], '*': [queue] },
      {
        bus: async () => {
          if (++failures < 3) throw new Error('ThrottlingException');
        },
        queue: () => Promise.reject(new PermanentFailure('the queue refused the event (QueueDoesNotExist)')),
      },
    );
    world.send(stripeMessage('evt_1'));
    world.send(stripeMessage('evt_2', { type: 'charge.paid' }));

    for (const delay of [0, 5, 30]) {
      world.wait(delay);
      await world.turn();
    }

    expect(world.statusOf('evt_1')).toBe('processed');
    expect(world.deadLetters).toMatchObject([
      { id: 'stripe#evt_2', attempts: 1, reason: expect.stringContaining('(QueueDoesNotExist)') },
    ]);
  });

  it('of several targets all get the event again until all have taken it, with the same bytes', async () => {
    let failures = 0;
    const world = worldWith(
      { '*': [bus, queue] },
      {
        queue: async () => {
          if (++failures < 2) throw new Error('not now');
        },
      },
    );
    world.send(stripeMessage('evt_1'));

    await world.turn();
    expect(world.statusOf('evt_1')).toBe('retrying');
    world.wait(5);
    await world.turn();

    expect(world.statusOf('evt_1')).toBe('processed');
    expect(world.taken.map(({ kind }) => kind)).toEqual(['bus', 'bus', 'queue']);
    expect(new Set(world.taken.map(({ message }) => message.text)).size).toBe(1);
  });

  it('several targets fail for good only if each failure is for good', async () => {
    const world = worldWith(
      { 'invoice.*': [bus, queue], '*': [bus, bus] },
      {
        bus: () => Promise.reject(new PermanentFailure('gone')),
        queue: () => Promise.reject(new Error('busy')),
      },
    );
    world.send(stripeMessage('evt_1'));
    world.send(stripeMessage('evt_2', { type: 'charge.paid' }));

    await world.turn();

    expect(world.statusOf('evt_1')).toBe('retrying');
    expect(world.statusOf('evt_2')).toBe('failed');
    expect(world.deadLetters[0]?.reason).toBe('PermanentFailure: 2 of 2 targets did not take it: gone; gone');
  });
});
