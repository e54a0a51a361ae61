import { expect, it } from 'vitest';
import { newEndpoint } from '../support/fixtures/new-endpoint.ts';
import { start } from '../support/fixtures/outbound.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const path = '/v1/tenants/acme/endpoints/ep_1';

it.each([
  ['a change', 'PATCH', '', { description: 'other' }],
  ['the deletion', 'DELETE', '', undefined],
  ['disabling', 'POST', '/disable', undefined],
  ['enabling', 'POST', '/enable', undefined],
  ['a rotation', 'POST', '/rotate-secret', {}],
])(
  '%s of an endpoint that another request changes meanwhile is 412, and nothing has happened',
  async (_what, method, action, body) => {
    const { world, call } = managementWorld();
    const endpoint = newEndpoint(start);
    await world.endpoints.create(endpoint);
    if (action === '/enable') await world.endpoints.disable(endpoint, { reason: 'manual', at: start });
    const read: typeof world.endpoints.read = async (tenant, id) => {
      const seen = await world.endpoints.read(tenant, id);
      if (seen) await world.endpoints.changeSecrets(seen, seen.secrets, world.now());
      return seen;
    };
    const before = await world.endpoints.read(endpoint.tenant, endpoint.id);
    const endpoints = { ...world.endpoints, read };

    expect(await call(method, `${path}${action}`, body, {}, { endpoints })).toMatchObject({ status: 412 });

    const after = await world.endpoints.read(endpoint.tenant, endpoint.id);
    expect(after).toEqual({ ...before, version: (before?.version ?? 0) + 1, updatedAt: world.now() });
  },
);
