import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { estimateFailed } from '../../lambdas/outbound/sweep/estimate-failed.ts';
import { recover } from '../../lambdas/outbound/sweep/recover.ts';
import { accepted, refused, start } from '../support/fixtures/outbound.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';
import {
  event,
  failedAt,
  newUrl,
  readBefore,
  recreatedWithinATick,
} from '../support/worlds/recreated-endpoint.ts';

describe('a replay of a delivery', () => {
  it.each([{}, { toCurrentEndpoint: true }])(
    'a replay of a delivery whose endpoint is deleted is refused with the reason: %j',
    async (options) => {
      const { world } = await failedAt('deleted');

      expect(await world.replay(world.delivery().id, options)).toMatchObject({
        kind: 'refused',
        cause: 'endpoint-deleted',
        reason: expect.stringMatching(/ep_1 of acme was deleted/),
      });
      expect(world.delivery()).toMatchObject({ status: 'failed', round: 1 });
    },
  );

  it('a replay of a delivery whose endpoint was created again is refused, and possible on request', async () => {
    const { world, toNew } = await failedAt('recreated');
    const { id } = world.delivery();

    expect(await world.replay(id)).toMatchObject({
      kind: 'refused',
      cause: 'earlier-endpoint',
      reason: expect.stringMatching(/another one under that id now.*--to-current-endpoint/),
    });
    expect(await world.replay(id, { toCurrentEndpoint: true })).toMatchObject({ kind: 'replayed' });
    await world.run(seconds(60));

    expect(world.delivery()).toMatchObject({ status: 'delivered', generation: 'gen_2' });
    expect(toNew()).toHaveLength(1);
  });

  it('a replay to the new endpoint is not discarded by a worker that read the earlier one', async () => {
    const { world, current, toNew } = await failedAt('recreated');
    const earlier = { ...(await current()), generation: 'gen_1', url: 'https://acme.example/hooks' };
    const { id } = world.delivery();
    await world.replay(id, { toCurrentEndpoint: true });
    const task = {
      v: 1,
      deliveryId: id,
      attempt: 2,
      tenant: asTenantId('acme'),
      endpointId: asEndpointId('ep_1'),
      generation: 'gen_1',
    };
    await world.deliveryQueue.send({ body: JSON.stringify(task) });
    const endpoints = readBefore(world.endpoints, earlier);

    await world.deliverOnce({ ...world.deliverPorts, endpoints });
    await world.run(seconds(600));

    expect(world.delivery().status).toBe('delivered');
    expect(toNew()).toHaveLength(1);
  });

  it('a replay of a delivery whose endpoint is disabled says that it is held', async () => {
    const { world } = await failedAt('disabled');

    expect(await world.replay(world.delivery().id)).toMatchObject({ kind: 'replayed', isHeld: true });
    await world.run(seconds(10));

    expect(world.delivery().status).toBe('held');
  });

  it('a replay to a URL that is not registered reads no endpoint', async () => {
    const world = outboundWorld(() => refused(404));
    await world.publish({ ...event, endpoint: { id: 'direct', url: 'https://other.example/' } });
    await world.run(seconds(60));

    expect(await world.replay(world.delivery().id)).toMatchObject({ kind: 'replayed', isHeld: false });
  });
});

describe('a recovery of an endpoint that was created again', () => {
  const span = { since: start, until: start };

  it('a recovery of an endpoint that was created again counts and refuses deliveries of the earlier one', async () => {
    const { world, current } = await failedAt('recreated');
    world.advance(seconds(1));
    await world.recoveries.create({
      id: 'rec_1',
      tenant: asTenantId('acme'),
      endpointId: asEndpointId('ep_1'),
      status: 'running',
      since: start,
      until: world.now(),
      estimate: { count: 0, isExact: true },
      replayed: 0,
      refused: 0,
      createdAt: world.now(),
      updatedAt: world.now(),
    });

    const estimate = await estimateFailed(await current(), span, () => true, world.table);
    await recover(['rec_1'], () => true, world.sweepPorts);

    expect(estimate).toEqual({ count: 0, isExact: true, ofEarlierEndpoint: 1 });
    expect(await world.recoveries.read('rec_1')).toMatchObject({
      status: 'done',
      replayed: 0,
      refused: 1,
      ofEarlierEndpoint: 1,
    });
  });

  it('a recovery of an endpoint that was created again sends them on request, with those that the deletion discarded', async () => {
    const { world, current, remake, toNew } = await recreatedWithinATick(({ url }) =>
      url === newUrl ? accepted : refused(404),
    );
    await world.publish(event);
    await world.run(seconds(60));
    await world.publish({ ...event, id: 'e2' });
    await remake();
    await world.run(seconds(60));
    world.advance(seconds(1));
    const options = { toCurrentEndpoint: true };
    await world.recoveries.create({
      id: 'rec_1',
      tenant: asTenantId('acme'),
      endpointId: asEndpointId('ep_1'),
      status: 'running',
      ...options,
      since: start,
      until: world.now(),
      estimate: { count: 0, isExact: true },
      replayed: 0,
      refused: 0,
      createdAt: world.now(),
      updatedAt: world.now(),
    });

    const until = world.now();
    const estimate = await estimateFailed(
      await current(),
      { since: start, until },
      () => true,
      world.table,
      options,
    );
    await recover(['rec_1'], () => true, world.sweepPorts);
    await world.run(seconds(60));

    expect(estimate).toMatchObject({ count: 2, ofEarlierEndpoint: 0 });
    expect(await world.recoveries.read('rec_1')).toMatchObject({ replayed: 2, refused: 0 });
    expect(toNew()).toHaveLength(2);
  });
});
