import { expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import type { Recovery } from '../../../lambdas/domain/recovery.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { recover } from '../../../lambdas/outbound/sweep/recover.ts';
import { refused, start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';

/** An endpoint that answers 404, with a recovery of all that it gets. Its first turn notes a page, the second one sends it. */
async function recovering() {
  const { world } = await worldWithOneEndpoint(() => refused(404));
  const publish = (id: string) =>
    world.publish({ id, type: 'invoice.paid', tenant: asTenantId('acme'), data: {} });
  const request = (id = 'rec_1') => {
    const now = world.now();
    const job: Recovery = {
      id,
      tenant: asTenantId('acme'),
      endpointId: asEndpointId('ep_1'),
      since: start,
      until: now,
      status: 'running',
      estimate: { count: 2, isExact: true },
      replayed: 0,
      refused: 0,
      createdAt: now,
      updatedAt: now,
    };
    return world.recoveries.create(job);
  };
  const turns = (count: number, ids = ['rec_1'], ports = world.sweepPorts) =>
    recover(ids, () => count-- > 0, ports);
  return { world, publish, request, turns };
}

it('a delivery that the recovery sent before its worker died, and that failed again, is counted and not sent again', async () => {
  const { world, publish, request, turns } = await recovering();
  await publish('a');
  await world.deliverOnce();
  await request();
  await turns(1);
  const { id } = world.delivery();
  await world.replay(id, { by: 'job' });
  await world.deliverOnce();
  expect(world.delivery()).toMatchObject({ status: 'failed', round: 2 });

  expect(await turns(1)).toBe(1);
  expect(world.delivery()).toMatchObject({ status: 'failed', round: 2 });
  expect(world.deliveryQueue.contents()).toEqual([]);
});

it('a delivery that was made when the recovery was requested, and failed since, is neither counted nor sent', async () => {
  const { world, publish, request, turns } = await recovering();
  await request();
  await publish('a');
  await world.deliverOnce();
  await turns(1);

  expect(await turns(1)).toBe(0);
  expect(await world.recoveries.read('rec_1')).toMatchObject({ status: 'done', replayed: 0, refused: 0 });
  expect(world.delivery().status).toBe('failed');
});

it('a delivery that was pending when the recovery was requested, and failed since, is sent again', async () => {
  const { world, publish, request, turns } = await recovering();
  await publish('a');
  world.advance(seconds(1));
  await request();
  world.advance(seconds(1));
  await world.deliverOnce();
  await turns(1);

  expect(await turns(1)).toBe(1);
  expect(world.delivery()).toMatchObject({ status: 'pending', round: 2 });
});

it('a recovery that runs out of time between two jobs says how many it sent', async () => {
  const { world, publish, request, turns } = await recovering();
  for (const id of ['a', 'b']) await publish(id);
  while ((await world.deliverOnce()) > 0);
  world.advance(seconds(1));
  await request();
  await request('rec_2');

  expect(await turns(3, ['rec_1', 'rec_2'])).toBe(2);
});

it('a recovery that is cancelled while it sends a page ends without an error', async () => {
  const { world, publish, request, turns } = await recovering();
  await publish('a');
  await world.deliverOnce();
  world.advance(seconds(1));
  await request();
  await turns(1);
  const advance: typeof world.recoveries.advance = async (...args) => {
    await world.recoveries.cancel('rec_1', world.now());
    return world.recoveries.advance(...args);
  };

  const recoveries = { ...world.recoveries, advance };
  expect(await turns(5, ['rec_1'], { ...world.sweepPorts, recoveries })).toBe(1);
  expect(world.report.named('recovery.errored')).toEqual([]);
});
