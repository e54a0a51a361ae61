import { later, seconds } from '../../../lambdas/domain/time.ts';
import { endpointHashOf } from '../../support/fixtures/ids.ts';
import { managementWorld } from '../../support/worlds/management-world.ts';

export const path = '/v1/tenants/acme/endpoints';
export const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
export const limiterKey = endpointHashOf('acme', 'ep_1');

/** One endpoint whose breaker is open and which has failed for days. */
export async function failing() {
  const { world, ...api } = managementWorld();
  await api.call('POST', path, fields);
  world.limiter.limiter.set(limiterKey, {
    slots: {},
    failures: 9,
    probes: 3,
    failingSince: world.now(),
    openUntil: later(world.now(), seconds(900)),
  });
  return { world, ...api };
}
