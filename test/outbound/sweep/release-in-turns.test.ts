import { expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { reconcileEndpoints } from '../../../lambdas/outbound/sweep/release-held.ts';
import type { SweepPorts } from '../../../lambdas/outbound/sweep/sweep.ts';
import { turns } from '../../../lambdas/outbound/sweep/turns.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const tenant = asTenantId('acme');

/** Endpoints that were disabled, hold deliveries, and are enabled now. */
async function enabledAgain(held: Readonly<Record<string, number>>, limits: object = {}) {
  const world = outboundWorld();
  for (const [id, count] of Object.entries(held)) {
    const made = newEndpoint(world.now(), { id, url: `https://${id}.example/`, ...limits });
    await world.endpoints.create(made);
    await world.endpoints.disable(made, { reason: 'manual', at: world.now() });
    for (let nth = 0; nth < count; nth += 10)
      await world.publish(
        ...Array.from({ length: Math.min(10, count - nth) }, (_, of) => ({
          id: `${id}_${nth + of}`,
          type: 'x',
          tenant,
          endpoint: { id },
          data: {},
        })),
      );
    const disabled = await world.endpoints.read(tenant, asEndpointId(id));
    if (disabled === undefined) throw new Error('not made');
    await world.run(seconds(1));
    await world.endpoints.enable(disabled, world.now());
  }
  const leftOf = (id: string) =>
    [...world.table.deliveries.values()].filter(
      ({ endpointId, status }) => endpointId === id && status === 'held',
    ).length;
  const release = (hasTime = () => true, ports: Partial<SweepPorts> = {}) =>
    reconcileEndpoints(outboundSettings.deliveryRetention, hasTime, { ...world.sweepPorts, ...ports });
  return { world, leftOf, release };
}

it('held deliveries of many endpoints are released in turns: none waits for the end of another', async () => {
  const { world, leftOf, release } = await enabledAgain({ first: 300, second: 60, third: 60 });
  const pages: string[] = [];
  const { heldOf } = world.table;
  const noted: typeof heldOf = (endpoint, limit) => {
    pages.push(endpoint.id);
    return heldOf(endpoint, limit);
  };

  const deliveries = { ...world.table, heldOf: noted };
  expect(await release(() => pages.length < 6, { deliveries })).toBe(220);

  expect(pages).toEqual(['first', 'second', 'third', 'first', 'second', 'third']);
  expect([leftOf('first'), leftOf('second'), leftOf('third')]).toEqual([200, 0, 0]);
});

it('held deliveries are released as fast as their endpoint takes them', async () => {
  const limited = await enabledAgain({ slow: 200 }, { maxPerSecond: 2 });
  const free = await enabledAgain({ quick: 900 });

  expect(await limited.release()).toBe(120);
  expect(await free.release()).toBe(900);

  expect(limited.leftOf('slow')).toBe(80);
});

it('pieces of work take turns, a few at once, and one that fails leaves the others their turns', async () => {
  const turn = turns(2);
  const order: string[] = [];
  const under = { way: 0, most: 0 };
  const work = (name: string) => async () => {
    under.most = Math.max(under.most, ++under.way);
    await new Promise(setImmediate);
    under.way--;
    order.push(name);
    if (name === 'b') throw new Error('b failed');
    return name;
  };

  const ends = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((name) => turn(work(name))));

  expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(under.most).toBe(2);
  expect(ends.map(({ status }) => status === 'rejected')).toEqual([false, true, false, false, false]);
  expect(await turn(work('f'))).toBe('f');
});
