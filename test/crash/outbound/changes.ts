import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import { later } from '../../../lambdas/domain/time.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { type Change, type EndpointChange, newUrlOf } from './scenario.ts';
import type { SimulatedWorld } from './world.ts';

export const isOfEndpoint = (change: Change): change is Change & EndpointChange => 'endpoint' in change;

/** Makes a change to an endpoint: a write by a person, which is not lost. */
export function changeEndpoint(change: EndpointChange, world: SimulatedWorld): void {
  const { limiter, time } = world;
  const { endpoints } = world.partsNow();
  const now = time.now();
  const endpoint = [...world.endpoints.endpoints.values()].find(({ id }) => id === change.endpoint);
  if (endpoint === undefined) return;
  const limiterKey = endpointHash({ tenant: endpoint.tenant, endpointId: endpoint.id });
  switch (change.kind) {
    case 'disable':
      void endpoints.disable(endpoint, { reason: 'manual', at: now });
      break;
    case 'enable':
      void endpoints.enable(endpoint, now);
      break;
    case 'delete':
      void endpoints.remove(endpoint);
      break;
    case 'recreate':
      recreate(endpoint, world);
      break;
    case 'reset-limiter':
      void limiter.reset(limiterKey);
      void endpoints.resumeEndpoint(endpoint, now);
      break;
    case 'asks-to-wait':
      void limiter.hold(limiterKey, later(now, change.span));
      break;
  }
}

function recreate(endpoint: Endpoint, { endpoints, time, watch }: SimulatedWorld): void {
  const { id } = endpoint;
  // The version is random, as that of any new endpoint.
  const recreated = { id, generation: 'gen_2', version: endpoint.version + 500, url: newUrlOf(id) };
  void endpoints.remove(endpoint);
  void endpoints.create(newEndpoint(time.now(), recreated));
  watch.remade(id);
}
