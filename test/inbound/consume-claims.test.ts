import { describe, expect, it } from 'vitest';
import { defineHandlers } from '../../lambdas/domain/handler.ts';
import { bodyHash } from '../../lambdas/domain/provider/body-hash.ts';
import { consume } from '../../lambdas/inbound/consume.ts';
import { failForGood, scripted, succeed } from '../support/fixtures/scripted-handlers.ts';
import { inboundWorld, stripeMessage } from '../support/worlds/inbound-world.ts';

describe('consume, when a claim is refused or a call fails', () => {
  it('a message whose event another consumer is handling comes back at the end of its lease', async () => {
    const working = Promise.withResolvers<void>();
    const { runs, handlers } = scripted(() => working.promise);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    const first = world.turn();
    // By then it has its claim.
    await new Promise(setImmediate);
    world.wait(10);
    world.send(stripeMessage('evt_1'));

    const second = await world.turn();

    expect(second.failedMessageIds).toEqual(['message-2']);
    expect(world.counts.get('WebhooksReceived stripe invoice.* busy')).toBe(1);
    expect(world.queue.get('message-2')?.visibleAt).toBe(1_795_000_090_000);
    working.resolve();
    await first;
    expect(runs).toHaveLength(1);
    expect([...world.queue.keys()]).toEqual(['message-2']);
  });

  it('a worker that lost its claim to another acknowledges nothing', async () => {
    const working = Promise.withResolvers<void>();
    const { handlers } = scripted(() => working.promise, succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    const slow = world.turn();
    // By then it has its claim.
    await new Promise(setImmediate);
    world.wait(91);
    await world.turn();
    expect(world.inboundEvents.records.get('stripe#evt_1')?.status).toBe('processed');

    working.resolve();

    expect((await slow).failedMessageIds).toEqual(['message-1']);
    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({
      status: 'processed',
      attempts: 2,
    });
  });

  it('a failed call to the table fails only its own message', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    world.send(stripeMessage('evt_2'));
    const claim = world.ports.inboundEvents.claim;
    const ports = {
      ...world.ports,
      inboundEvents: {
        ...world.ports.inboundEvents,
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

  it('a message that is not an event of a source goes to the DLQ with the reason', async () => {
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

  it('a claim whose response was lost still belongs to its worker', async () => {
    const { runs, handlers } = scripted(succeed);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));
    const claim = world.ports.inboundEvents.claim;
    const claimedTwice = async (request: Parameters<typeof claim>[0]) => {
      await claim(request);
      return claim(request);
    };
    const ports = { ...world.ports, inboundEvents: { ...world.ports.inboundEvents, claim: claimedTwice } };

    const { failedMessageIds } = await consume(world.receive(), world.invocation(), world.team, ports);

    expect(failedMessageIds).toEqual([]);
    expect(runs).toEqual(['evt_1 1']);
  });

  it('a body is read from the bucket, and its event fails when the body is gone', async () => {
    const bodies: string[] = [];
    const handlers = defineHandlers('stripe', {
      '*': async ({ body }) => void bodies.push(Buffer.from(body).toString()),
    });
    const world = inboundWorld(handlers);
    const body = Buffer.from('{"large":true}');
    const bodyS3 = `inbound/stripe/${bodyHash(body)}`;
    const gone = `inbound/stripe/${bodyHash(Buffer.from('gone'))}`;
    world.bodies.set(bodyS3, body);
    world.send(stripeMessage('evt_1', { body: undefined, bodyS3 }));
    world.send(stripeMessage('evt_2', { body: undefined, bodyS3: gone }));

    await world.turn();

    expect(bodies).toEqual(['{"large":true}']);
    expect(world.deadLetters.map(({ id, reason }) => [id, reason])).toEqual([
      ['stripe#evt_2', 'its body is no longer in the bucket'],
    ]);
  });

  it('an event whose dead letter cannot be sent is not recorded as failed, and its message comes back', async () => {
    const world = inboundWorld(scripted(failForGood).handlers);
    world.send(stripeMessage('evt_1'));
    const ports = { ...world.ports, sendDeadLetter: () => Promise.reject(new Error('throttled')) };

    const { failedMessageIds } = await consume(world.receive(), world.invocation(), world.team, ports);

    expect(failedMessageIds).toEqual(['message-1']);
    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({ status: 'processing' });
  });

  it('an event is retried if its handlers are registered under the wrong source', async () => {
    const world = inboundWorld(defineHandlers('github', { '*': async () => undefined }));
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({
      status: 'retrying',
      lastError: 'Error: the registry has handlers for github under stripe, which is stripe',
    });
  });
});
