import { describe, expect, it } from 'vitest';
import { defineHandlers, type Handler, PermanentFailure } from '../../lambdas/domain/handler.ts';
import { consume } from '../../lambdas/inbound/consume.ts';
import { inboundWorld, stripeMessage } from '../fakes/inbound-world.ts';

/** Handlers that note each run as `id attempt` and do what the script says for it; the last entry stays. */
function scripted(...script: (() => void | Promise<void>)[]) {
  const runs: string[] = [];
  const handler: Handler = async (event, { attemptNumber }) => {
    runs.push(`${event.id} ${attemptNumber}`);
    await (script[runs.length - 1] ?? script.at(-1))?.();
  };
  return { runs, handlers: defineHandlers('stripe', { 'invoice.*': handler }) };
}

const succeed = () => undefined;
const fail = () => {
  throw new Error('database is down');
};
const failForGood = () => {
  throw new PermanentFailure('no such customer');
};

describe('consume', () => {
  it('runs a handler once and records its success', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(runs).toEqual(['evt_1 1']);
    expect(world.claims.records.get('stripe#evt_1')).toMatchObject({ status: 'processed', attempts: 1 });
    expect(world.queue.size).toBe(0);
  });

  it('acknowledges a redelivery of a processed event, days later, without running its handler', async () => {
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

  it('tries a failed handler again after each of its delays, and records the third success', async () => {
    const { runs, handlers } = scripted(fail, fail, succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();
    expect(world.claims.records.get('stripe#evt_1')).toMatchObject({
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
    expect(world.claims.records.get('stripe#evt_1')).toMatchObject({ status: 'processed', attempts: 3 });
    expect(world.claims.records.get('stripe#evt_1')?.lastError).toBeUndefined();
    expect(world.queue.size).toBe(0);
  });

  it('gives an event up after the last delay: dead letter, record, kept body', async () => {
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
    const record = world.claims.records.get('stripe#evt_1');
    expect(record).toMatchObject({
      status: 'failed',
      lastError: 'Error: database is down',
      failedMessageId: 'message-1',
      keptDay: 'stripe#2026-11-18',
    });
    expect(world.bodies.has(record?.keptBody ?? '')).toBe(true);
    expect(world.queue.size).toBe(0);
  });

  it('gives an event up at once on a permanent failure', async () => {
    const { runs, handlers } = scripted(failForGood);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(runs).toHaveLength(1);
    expect(world.deadLetters[0]?.reason).toBe('PermanentFailure: no such customer');
    expect(world.claims.records.get('stripe#evt_1')?.status).toBe('failed');
    expect(world.queue.size).toBe(0);
  });

  it('runs a failed event again when the provider sends it again', async () => {
    const { runs, handlers } = scripted(failForGood, succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(runs).toEqual(['evt_1 1', 'evt_1 1']);
    const record = world.claims.records.get('stripe#evt_1');
    expect(record).toMatchObject({ status: 'processed', attempts: 1 });
    expect(record?.keptDay).toBeUndefined();
  });

  it('acknowledges a failed event that the same message brings again', async () => {
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

  it('ignores an event without a handler, and keeps its body', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1', { type: 'charge.updated' }));

    await world.turn();

    expect(runs).toEqual([]);
    expect(world.claims.records.get('stripe#evt_1')).toMatchObject({ status: 'ignored' });
    expect(await world.claims.listKept('stripe#2026-11-18')).toEqual(['stripe#evt_1']);
    expect(world.counts.get('WebhooksReceived stripe other ignored')).toBe(1);
    expect(world.queue.size).toBe(0);
  });

  it('does not acknowledge an event that another consumer works on, and comes back at its lease’s end', async () => {
    const working = Promise.withResolvers<void>();
    const { runs, handlers } = scripted(() => working.promise);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    const first = world.turn();
    await Promise.resolve();
    world.wait(10);
    world.send(stripeMessage('evt_1'));

    const second = await world.turn();

    expect(second.failedMessageIds).toEqual(['message-2']);
    expect(world.queue.get('message-2')?.visibleAt).toBe(1_795_000_090_000);
    working.resolve();
    await first;
    expect(runs).toHaveLength(1);
    expect([...world.queue.keys()]).toEqual(['message-2']);
  });

  it('acknowledges nothing for a worker that lost its claim to another', async () => {
    const working = Promise.withResolvers<void>();
    const { handlers } = scripted(() => working.promise, succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    const slow = world.turn();
    await Promise.resolve();
    world.wait(91);
    await world.turn();
    expect(world.claims.records.get('stripe#evt_1')?.status).toBe('processed');

    working.resolve();

    expect((await slow).failedMessageIds).toEqual(['message-1']);
    expect(world.claims.records.get('stripe#evt_1')).toMatchObject({ status: 'processed', attempts: 2 });
  });

  it('fails only the message whose table call failed', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    world.send(stripeMessage('evt_2'));
    const claim = world.ports.claims.claim;
    const ports = {
      ...world.ports,
      claims: {
        ...world.ports.claims,
        claim: async (request: Parameters<typeof claim>[0]) => {
          if (request.id === 'stripe#evt_1') throw new Error('throttled');
          return claim(request);
        },
      },
    };

    const { failedMessageIds } = await consume(world.receive(), world.invocation(), world.team, ports);

    expect(failedMessageIds).toEqual(['message-1']);
    expect(runs).toEqual(['evt_2 1']);
  });

  it('sends a message that is no event of ours to the DLQ with the reason', async () => {
    const { handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send('hello');
    world.send(stripeMessage('evt_1', { source: 'gone' }));

    await world.turn();

    expect(world.deadLetters.map(({ reason }) => reason)).toEqual([
      'queue message is not JSON (5 bytes); send a JSON object',
      "there is no source 'gone'",
    ]);
    expect(world.queue.size).toBe(0);
  });

  it('takes a claim as its own when only the answer to it was lost', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    const claim = world.ports.claims.claim;
    const claimedTwice = async (request: Parameters<typeof claim>[0]) => {
      await claim(request);
      return claim(request);
    };
    const ports = { ...world.ports, claims: { ...world.ports.claims, claim: claimedTwice } };

    const { failedMessageIds } = await consume(world.receive(), world.invocation(), world.team, ports);

    expect(failedMessageIds).toEqual([]);
    expect(runs).toEqual(['evt_1 1']);
  });

  it('reads a body from the bucket, and gives the event up when it is gone', async () => {
    const bodies: string[] = [];
    const handlers = defineHandlers('stripe', {
      '*': async ({ body }) => void bodies.push(Buffer.from(body).toString()),
    });
    const world = inboundWorld(handlers);
    world.bodies.set('inbound/stripe/abc', Buffer.from('{"large":true}'));
    world.send(stripeMessage('evt_1', { body: undefined, bodyS3: 'inbound/stripe/abc' }));
    world.send(stripeMessage('evt_2', { body: undefined, bodyS3: 'inbound/stripe/gone' }));

    await world.turn();

    expect(bodies).toEqual(['{"large":true}']);
    expect(world.deadLetters.map(({ id, reason }) => [id, reason])).toEqual([
      ['stripe#evt_2', 'its body is no longer in the bucket'],
    ]);
  });

  it('tries an event again whose handlers are registered under the wrong source', async () => {
    const world = inboundWorld(defineHandlers('github', { '*': async () => undefined }));
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(world.claims.records.get('stripe#evt_1')).toMatchObject({
      status: 'retrying',
      lastError: 'Error: the registry has handlers for github under stripe, which is stripe',
    });
  });

  it('writes one line for each message, with the request’s correlation id', async () => {
    const { handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(world.lines.filter(({ line }) => line === 'event.consumed')).toEqual([
      {
        level: 'info',
        line: 'event.consumed',
        fields: {
          source: 'stripe',
          eventId: 'evt_1',
          eventType: 'invoice.paid',
          correlationId: 'request-1',
          status: 'processed',
          attempt: 1,
          durationMs: 0,
          ageMs: 1000,
        },
      },
    ]);
  });
});
