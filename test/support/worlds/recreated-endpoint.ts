import { expect } from 'vitest';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import type { EndpointStore } from '../../../lambdas/domain/endpoint-store.ts';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { newEndpoint } from '../fixtures/new-endpoint.ts';
import { accepted, refused, start } from '../fixtures/outbound.ts';
import { outboundWorld } from './outbound-world.ts';

export const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} };
/** The endpoints as a worker sees them that has read one before it changed. */
export const readBefore = <Store extends EndpointStore>(
  endpoints: Store,
  before: Endpoint | undefined,
): Store => ({
  ...endpoints,
  readWithLimiter: async () => ({ endpoint: before, limiter: { slots: {}, failures: 0, probes: 0 } }),
});

export const newUrl = 'https://acme.example/new';

/** An endpoint whose clock stands still while it is deleted and created again under its id. */
export async function recreatedWithinATick(answer?: Parameters<typeof outboundWorld>[0]) {
  const world = outboundWorld(answer);
  const first = newEndpoint(start, { generation: 'gen_1' });
  await world.endpoints.create(first);
  const current = async (): Promise<Endpoint> =>
    (await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_1'))) ?? first;
  const remake = async (more: Partial<Endpoint> = {}) => {
    await world.endpoints.remove(await current());
    await world.endpoints.create(
      newEndpoint(world.now(), { generation: 'gen_2', version: 500, url: newUrl, ...more }),
    );
  };
  const toNew = () => world.requests.filter(({ url }) => url === newUrl);
  return { world, current, remake, toNew };
}

/** A delivery that failed at an endpoint; then the endpoint is gone, or another one has its id. */
export async function failedAt(then: 'deleted' | 'recreated' | 'disabled') {
  const made = await recreatedWithinATick(({ url }) => (url === newUrl ? accepted : refused(404)));
  const { world, current, remake } = made;
  await world.publish(event);
  await world.run(seconds(60));
  expect(world.delivery().status).toBe('failed');
  if (then === 'deleted') await world.endpoints.remove(await current());
  if (then === 'recreated') await remake();
  if (then === 'disabled') await world.endpoints.disable(await current(), { reason: 'manual', at: start });
  return made;
}
