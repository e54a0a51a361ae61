import { describe, expect, it } from 'vitest';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import { oneRun, releaseWaiting } from '../../../lambdas/outbound/release-waiting.ts';
import { settingsOf } from '../../support/fixtures/new-endpoint.ts';
import { accepted, down, refused } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const toUrl = { id: 'a', type: 'invoice.paid', data: {}, endpoint: { id: 'a', url: 'https://a.example/x' } };
const toTenant = { id: 'e1', type: 'invoice.paid', data: {}, tenant: 'acme' };
const parsed = (letters: readonly string[]) => letters.map((text) => JSON.parse(text));

describe('a delivery that we were late with', () => {
  const lifetimeOf = (world: ReturnType<typeof outboundWorld>) => seconds(world.delivery().lifetime / 1000);

  it('a first attempt that we were late for is still made, with the whole schedule', async () => {
    const world = outboundWorld(() => refused(503));
    await world.publish(toUrl);

    world.advance(lifetimeOf(world));
    await world.run(seconds(7_200));

    expect(world.requests).toHaveLength(6);
    expect(world.deadLetters).toEqual([]);
    expect(parsed(world.undelivered)).toMatchObject([{ cause: 'exhausted' }]);
  });

  it('a retry that we were late for is still made, even if its endpoint failed before', async () => {
    const world = outboundWorld((_request, count) => (count === 1 ? refused(503) : accepted));
    await world.publish(toUrl);
    await world.deliverOnce();

    world.advance(lifetimeOf(world));
    await world.deliverOnce();

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('a delivery that a fault of ours kept until its deadline is still tried', async () => {
    const world = outboundWorld();
    const ports = { ...world.deliverPorts, signingKeys: down };
    await world.publish(toUrl);
    await world.deliverOnce(ports);
    world.advance(lifetimeOf(world));
    await world.deliverOnce(ports);
    expect(world.delivery()).toMatchObject({ status: 'pending', cause: 'unready' });
    world.advance(seconds(3_600));

    await world.deliverOnce();

    expect(world.delivery().status).toBe('delivered');
  });

  it('late deliveries wait for a slot, each one, and are tried then', async () => {
    const { world, read } = await worldWithOneEndpoint(() => accepted);
    const endpoint = await read();
    await world.endpoints.changeSettings(endpoint, { ...settingsOf(endpoint), maxPerSecond: 1 }, world.now());
    for (let n = 0; n < 40; n++) await world.publish({ ...toTenant, id: `e${n}` });
    const [first] = world.table.deliveries.values();

    world.advance(seconds((first?.lifetime ?? 0) / 1000));
    await world.run(seconds(600));

    expect(world.requests).toHaveLength(40);
    expect(world.deadLetters).toEqual([]);
    expect(world.undelivered).toEqual([]);
  });

  it('a late delivery is deferred just before its deadline, and tried then, regardless of when its task comes', async () => {
    const { world, read } = await worldWithOneEndpoint((_request, count) =>
      count === 1 ? refused(503) : accepted,
    );
    await world.publish(toTenant);
    await world.deliverOnce();
    const waiting = world.delivery();
    world.table.deliveries.set(waiting.id, { ...waiting, deadline: later(world.now(), seconds(5)) });
    world.deliveryQueue.purge();

    const endpoint = await read();
    await releaseWaiting(
      endpoint,
      world.now(),
      oneRun(endpoint, () => true),
      world.sweepPorts,
    );
    world.advance(seconds(600));
    await world.deliverOnce();

    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 2 });
  });
});
