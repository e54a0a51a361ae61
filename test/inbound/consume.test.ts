import { describe, expect, it } from 'vitest';
import { readStoredText } from '../../lambdas/domain/stored-text.ts';
import { consume } from '../../lambdas/inbound/consume.ts';
import { fail, failForGood, scripted, succeed } from '../support/fixtures/scripted-handlers.ts';
import { inboundWorld, stripeMessage } from '../support/worlds/inbound-world.ts';

/** A text with nothing to compress but its alphabet. */
const randomText = (length: number): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(length)))
    .toString('base64url')
    .slice(0, length);

describe('consume', () => {
  it('a handler runs once, and its success is recorded', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(runs).toEqual(['evt_1 1']);
    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({
      status: 'processed',
      attempts: 1,
    });
    expect(world.queue.size).toBe(0);
  });

  it('a redelivery of a processed event, days later, is acknowledged without running its handler', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.wait(20 * 86_400);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(runs).toEqual(['evt_1 1']);
    expect(world.queue.size).toBe(0);
    expect(world.counts.get('WebhooksReceived stripe invoice.* duplicate')).toBe(1);
  });

  it('a message whose claim is not authorized is counted as an error: the function itself does not fail', async () => {
    const world = inboundWorld(scripted(succeed).handlers);
    world.send(stripeMessage('evt_1'));
    const claim = async (): Promise<never> => {
      throw new Error('not authorized to perform: dynamodb:UpdateItem');
    };

    const ports = { ...world.ports, inboundEvents: { ...world.inboundEvents, claim } };
    const { failedMessageIds } = await consume(world.receive(), world.invocation(), world.team, ports);

    expect(failedMessageIds).toHaveLength(1);
    expect(world.counts.get('WorkErrored stripe')).toBe(1);
  });

  it('a failed handler runs again after each of its delays, and its success in the third attempt is recorded', async () => {
    const { runs, handlers } = scripted(fail, fail, succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();
    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({
      status: 'retrying',
      lastError: 'Error: database is down',
    });
    world.wait(4);
    await world.turn();
    expect(runs).toHaveLength(1);
    world.wait(1);
    await world.turn();
    world.wait(29);
    await world.turn();
    expect(runs).toHaveLength(2);
    world.wait(1);
    await world.turn();

    expect(runs).toEqual(['evt_1 1', 'evt_1 2', 'evt_1 3']);
    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({
      status: 'processed',
      attempts: 3,
    });
    expect(world.inboundEvents.records.get('stripe#evt_1')?.lastError).toBeUndefined();
    expect(world.queue.size).toBe(0);
  });

  it('an event fails after the last delay: dead letter, record, kept body', async () => {
    const { runs, handlers } = scripted(fail);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    for (const delay of [0, 5, 30]) {
      world.wait(delay);
      await world.turn();
    }

    expect(runs).toHaveLength(3);
    expect(world.deadLetters).toEqual([
      {
        v: 1,
        kind: 'inbound',
        id: 'stripe#evt_1',
        reason: 'Error: database is down',
        at: 1_795_000_035_000,
        attempts: 3,
        message: stripeMessage('evt_1'),
      },
    ]);
    const record = world.inboundEvents.records.get('stripe#evt_1');
    expect(record).toMatchObject({
      status: 'failed',
      lastError: 'Error: database is down',
      endedMessageId: 'message-1',
      keptDay: expect.stringMatching(/^stripe#2026-11-18#failed#\d+$/),
    });
    expect(record?.keptMessage).toBe(stripeMessage('evt_1'));
    expect(world.bodies.size).toBe(0);
    expect(world.queue.size).toBe(0);
  });

  it('an event fails at once on a permanent failure', async () => {
    const { runs, handlers } = scripted(failForGood);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(runs).toHaveLength(1);
    expect(world.deadLetters[0]?.reason).toBe('PermanentFailure: no such customer');
    expect(world.inboundEvents.records.get('stripe#evt_1')?.status).toBe('failed');
    expect(world.queue.size).toBe(0);
  });

  it('an event fails at once on a permanent failure of another copy of the class', async () => {
    class PermanentFailure extends Error {
      override name = 'PermanentFailure';
    }
    const { runs, handlers } = scripted(() => {
      throw new PermanentFailure('bundled twice');
    });
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(runs).toHaveLength(1);
    expect(world.inboundEvents.records.get('stripe#evt_1')?.status).toBe('failed');
  });

  it('a failed event runs again when the provider sends it again', async () => {
    const { runs, handlers } = scripted(failForGood, succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(runs).toEqual(['evt_1 1', 'evt_1 1']);
    const record = world.inboundEvents.records.get('stripe#evt_1');
    expect(record).toMatchObject({ status: 'processed', attempts: 1 });
    expect(record?.keptDay).toBeUndefined();
  });

  it('a failed event that the same message brings again is acknowledged', async () => {
    const { runs, handlers } = scripted(failForGood);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    const batch = world.receive();
    await consume(batch, world.invocation(), world.team, world.ports);

    const again = await consume(batch, world.invocation(), world.team, world.ports);

    expect(again.failedMessageIds).toEqual([]);
    expect(runs).toHaveLength(1);
    expect(world.deadLetters).toHaveLength(1);
  });

  it('an event without a handler is ignored, and its body is kept', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1', { type: 'charge.updated' }));

    await world.turn();

    expect(runs).toEqual([]);
    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({ status: 'ignored' });
    expect(await world.inboundEvents.listKept({ keptDay: 'stripe#2026-11-18' }, 10)).toEqual({
      ids: ['stripe#evt_1'],
    });
    expect(world.counts.get('WebhooksReceived stripe other ignored')).toBe(1);
    expect(world.queue.size).toBe(0);
  });

  it.each([
    [4096, 'does not compress', 'its record'],
    [6000, 'does not compress', 'the bucket'],
    [32_768, 'compresses well', 'its record'],
    [32_769, 'compresses well', 'the bucket'],
  ])('a message of %i bytes that %s is kept in %s', async (bytes, how, where) => {
    const world = inboundWorld(scripted(succeed).handlers);
    const message = (filling: string) =>
      stripeMessage('evt_1', { type: 'charge.updated', body: filling, headers: {} });
    // In bytes, not in characters: an umlaut has two.
    const length = bytes - 2 - Buffer.byteLength(message(''));
    const filling = how === 'compresses well' ? 'x'.repeat(length) : randomText(length);
    const text = message(`ü${filling}`);
    world.send(text);

    await world.turn();

    const { keptMessage, keptBody } = world.inboundEvents.records.get('stripe#evt_1') ?? {};
    expect(Buffer.byteLength(text)).toBe(bytes);
    const inBucket = Buffer.from(world.bodies.get(keptBody ?? '') ?? []).toString();
    expect(keptMessage === undefined ? inBucket : readStoredText(keptMessage)).toBe(text);
    expect(world.bodies.size).toBe(where === 'the bucket' ? 1 : 0);
  });

  it('an event that fails again in another size is kept in one place only', async () => {
    const world = inboundWorld(scripted(failForGood).handlers);
    const places = async (filling: string) => {
      world.send(stripeMessage('evt_1', { body: filling }));
      await world.turn();
      const { keptMessage, keptBody } = world.inboundEvents.records.get('stripe#evt_1') ?? {};
      return [keptMessage !== undefined, keptBody !== undefined];
    };

    expect(await places('x')).toEqual([true, false]);
    expect(await places('x'.repeat(33_000))).toEqual([false, true]);
    expect(await places('x')).toEqual([true, false]);
  });

  it('messages that are done are left to Lambda to delete, which costs no request', async () => {
    const world = inboundWorld(scripted(succeed).handlers);
    world.send(stripeMessage('evt_1'));
    world.send(stripeMessage('evt_2'));
    const batch = world.receive();

    await consume(batch, world.invocation(), world.team, world.ports);

    expect(world.queue.size).toBe(2);
  });
});
