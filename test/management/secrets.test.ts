import { expect, it } from 'vitest';
import { managementWorld } from '../fakes/management-world.ts';

const path = '/v1/tenants/acme/endpoints';

it('an endpoint whose secret is lost gets a new one by rotation', async () => {
  const { ports, call } = managementWorld();
  await call('POST', path, { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] });
  const secrets = { ...ports.secrets, readable: async () => [] };

  const { status, body } = await call('POST', `${path}/ep_1/rotate-secret`, {}, {}, { secrets });

  expect({ status, body }).toMatchObject({ status: 200, body: { secrets: [{ kind: 'v1' }] } });
  expect(Object(body).secrets).toHaveLength(1);
});
