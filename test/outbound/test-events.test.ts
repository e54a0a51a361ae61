import { describe, expect, it } from 'vitest';
import { seconds } from '../../lambdas/domain/time.ts';
import { worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

const event = (id: string) => ({ id, type: 'invoice.paid', tenant: 'acme', data: {} });
const test = (id: string) => ({ ...event(id), endpoint: { id: 'ep_1' }, byHand: 'test' });

describe('a test to an endpoint that is disabled', () => {
  it('a test whose endpoint was disabled before it was recorded is discarded', async () => {
    const { world, disable, enable } = await worldWithOneEndpoint();
    await disable();

    await world.publish(test('t'));

    expect(world.delivery()).toMatchObject({
      status: 'discarded',
      lastError: expect.stringMatching(/disabled/),
    });
    await enable();
    await world.run(seconds(300));
    expect(world.requests).toEqual([]);
  });

  it('a test whose endpoint was disabled before it was sent is discarded', async () => {
    const { world, disable } = await worldWithOneEndpoint();
    await world.publish(test('t'));
    await disable();

    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject({
      status: 'discarded',
      lastError: expect.stringMatching(/disabled/),
    });
    expect(world.requests).toEqual([]);
  });
});

it('byHand from a publisher means a test of one endpoint, or is ignored', async () => {
  const { world } = await worldWithOneEndpoint();

  await world.publish({ ...event('a'), byHand: 'test' }, { ...event('b'), byHand: 7 });

  const tasks = world.deliveryQueue.contents().map((text) => JSON.parse(text));
  expect(tasks.map(({ byHand }) => byHand)).toEqual([undefined, undefined]);
});
