import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { newEndpoint } from '../fixtures/new-endpoint.ts';
import { accepted, start } from '../fixtures/outbound.ts';
import { outboundWorld } from './outbound-world.ts';

/** An outbound world with one registered endpoint, `ep_1` of acme, and what people do with it. */
export async function worldWithOneEndpoint(answer: Parameters<typeof outboundWorld>[0] = () => accepted) {
  const world = outboundWorld(answer);
  const endpoint = newEndpoint(start);
  await world.endpoints.create(endpoint);
  const read = async (): Promise<Endpoint> =>
    (await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_1'))) ?? endpoint;
  return {
    world,
    read,
    disable: async () => world.endpoints.disable(await read(), { reason: 'manual', at: world.now() }),
    enable: async () => world.endpoints.enable(await read(), world.now()),
    remove: async () => world.endpoints.remove(await read()),
  };
}

/** How many deliveries stand how. */
export const statuses = ({
  table,
}: {
  table: { deliveries: { values(): Iterable<{ status: string }> } };
}) => {
  const counts: Record<string, number> = {};
  for (const { status } of table.deliveries.values()) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
