import { describe, expect, it } from 'vitest';
import { changedSettings } from '../../../lambdas/domain/endpoint.ts';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { accepted, start } from '../../support/fixtures/outbound.ts';
import { statuses } from '../../support/worlds/one-endpoint.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { watchedWorld } from '../../support/worlds/watched-world.ts';

const event = (id: string) => ({ id, type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });

/** Moves the virtual clock by milliseconds. */
const wait = (world: Pick<ReturnType<typeof outboundWorld>, 'advance'>, ms: number) =>
  world.advance(seconds(ms / 1_000));

describe('what a process remembers of an endpoint', () => {
  it('what a process remembers is not used to hold a delivery: an enabled endpoint gets it at once', async () => {
    const { world, worker } = await watchedWorld();
    const process = worker();
    const { tenant, id } = newEndpoint(start);
    const current = async () => (await world.endpoints.read(tenant, id)) ?? expect.fail();
    await world.publish(event('a'));
    await world.endpoints.disable(await current(), { reason: 'manual', at: world.now() });
    await world.deliverOnce(process);
    expect(statuses(world)).toEqual({ held: 1 });
    await world.endpoints.enable(await current(), world.now());

    await world.publish(event('b'));
    await world.deliverOnce(process);

    expect(world.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['b']);
  });

  it('what a process remembers is not used for a test of the same batch', async () => {
    const { world, calls, worker } = await watchedWorld();
    await world.publish(event('a'), { ...event('t'), endpoint: { id: 'ep_1' }, byHand: 'test' });

    await world.deliverOnce(worker());

    expect(calls.filter((name) => name === 'readWithLimiter')).toHaveLength(2);
  });

  it('what a process remembers is read again for a suspect of the same batch, two seconds later', async () => {
    const { world, calls, worker } = await watchedWorld(() => {
      wait(world, 3_000);
      return accepted;
    });
    await world.publish(event('a'));
    await world.dieInRequest();
    wait(world, 500_000);
    await world.publish(event('b'));

    await world.deliverOnce(worker());

    expect(world.requests).toHaveLength(2);
    expect(calls.filter((name) => name === 'readWithLimiter')).toHaveLength(2);
  });

  it('what a process remembers is not used for a test of a later batch: it goes to the URL that was given just now', async () => {
    const { world, worker } = await watchedWorld();
    const process = worker();
    await world.publish(event('a'));
    await world.deliverOnce(process);
    const seen = newEndpoint(start);
    const settings = changedSettings(seen, { url: 'https://new.example/' });
    await world.endpoints.changeSettings(seen, settings, world.now());

    await world.publish({ ...event('t'), endpoint: { id: 'ep_1' }, byHand: 'test' });
    await world.deliverOnce(process);

    expect(world.requests.at(-1)?.url).toBe('https://new.example/');
  });
});

it('the limiter of a URL that is not registered is read again by a process after two seconds', async () => {
  const { world, calls, worker } = await watchedWorld();
  const process = worker();
  for (const id of ['a', 'b', 'c']) {
    await world.publish({ ...event(id), endpoint: { id: 'direct', url: 'https://direct.example/' } });
    await world.deliverOnce(process);
    wait(world, 1_000);
  }

  expect(world.requests).toHaveLength(3);
  expect(calls).toEqual(['read', 'read']);
});
