import { newEndpoint } from '../fixtures/new-endpoint.ts';
import { start } from '../fixtures/outbound.ts';
import { outboundWorld } from './outbound-world.ts';

export const idOf = (index: number) => `ep_${String(index).padStart(5, '0')}`;

/** An outbound world in which acme has so many endpoints. */
export async function tenantWithEndpoints(count: number, world = outboundWorld()) {
  for (let index = 0; index < count; index++) {
    const id = idOf(index);
    await world.endpoints.create(newEndpoint(start, { id, url: `https://acme.example/${id}` }));
  }
  return world;
}
