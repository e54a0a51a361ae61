import { describe, expect, it } from 'vitest';
import { defineHandlers } from '../../lambdas/domain/handler.ts';
import { fail, scripted, succeed } from '../support/fixtures/scripted-handlers.ts';
import { inboundWorld, stripeMessage } from '../support/worlds/inbound-world.ts';

describe('consume reports what it did', () => {
  it('a handler is measured under the name that it was declared with', async () => {
    const { handlers } = scripted(() => world.wait(2));
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect(world.times).toEqual([['WebhookProcessingTime', { source: 'stripe', eventType: 'invoice.*' }, 2]]);
  });

  it('an event of the handler for all types is counted as another, since its sender chooses the type', async () => {
    const world = inboundWorld(defineHandlers('stripe', { '*': async () => undefined }));
    world.send(stripeMessage('evt_1'));

    await world.turn();

    expect([...world.counts]).toEqual([['WebhooksReceived stripe other processed', 1]]);
  });

  it('the error that a handler threw is logged with its stack', async () => {
    const { handlers } = scripted(fail);
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn();

    const [failure] = world.lines.filter(({ line }) => line === 'handler.failed');
    expect(failure).toMatchObject({
      level: 'error',
      fields: { eventId: 'evt_1', attempt: 1, permanent: false },
    });
    expect(failure?.fields['error']).toEqual(new Error('database is down'));
  });

  it('each message is logged in one line, with the correlation id of its request', async () => {
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
          attempt: undefined,
          durationMs: 0,
          ageMs: 1000,
        },
      },
    ]);
  });

  it('the line of a second attempt says that it is the second', async () => {
    const world = inboundWorld(scripted(fail, succeed).handlers);
    world.send(stripeMessage('evt_1'));
    await world.turn();
    world.wait(5);

    await world.turn();

    const consumed = world.lines.filter(({ line }) => line === 'event.consumed');
    expect(consumed.map(({ fields }) => [fields['status'], fields['attempt']])).toEqual([
      ['retrying', undefined],
      ['processed', 2],
    ]);
  });
});
