import { expect, it } from 'vitest';
import { days, seconds } from '../../lambdas/domain/time.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const path = '/v1/tenants/acme/endpoints';

it('an endpoint whose secret is lost gets a new one by a rotation', async () => {
  const { ports, call } = managementWorld();
  await call('POST', path, { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] });
  const secrets = { ...ports.secrets, readable: async () => [] };

  const { status, body } = await call('POST', `${path}/ep_1/rotate-secret`, {}, {}, { secrets });

  expect({ status, body }).toMatchObject({ status: 200, body: { secrets: [{ kind: 'v1' }] } });
  expect(Object(body).secrets).toHaveLength(1);
});

it('a fifth secret is refused until another one ends, or ends them all', async () => {
  const { world, call } = managementWorld();
  await call('POST', path, { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] });
  const rotate = (body: object) => call('POST', `${path}/ep_1/rotate-secret`, body);
  for (let n = 0; n < 3; n++) {
    expect(await rotate({})).toMatchObject({ status: 200 });
    world.advance(seconds(60));
  }

  expect(await rotate({})).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('4 secrets') },
  });
  const secrets = async () => Object((await call('GET', `${path}/ep_1/secret`)).body).secrets.length;
  expect(await secrets()).toBe(4);
  world.advance(days(1));
  expect(await rotate({})).toMatchObject({ status: 200 });
  expect(await rotate({ overlapHours: 0 })).toMatchObject({ status: 200 });
  expect(await secrets()).toBe(1);
});

it('a secret of another kind than requested is refused', async () => {
  const { call } = managementWorld();
  const given = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const endpoint = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'], secret: given };
  const rule = 'expected v1, the kind of the given secret, or nothing';

  expect(await call('POST', path, { ...endpoint, secretKind: 'v1a' })).toMatchObject({
    status: 400,
    body: { detail: `body: secretKind: ${rule}` },
  });
  expect(await call('POST', path, { ...endpoint, secretKind: 'v1' })).toMatchObject({ status: 201 });
  expect(await call('POST', `${path}/ep_1/rotate-secret`, { secret: given, kind: 'v1a' })).toMatchObject({
    status: 400,
    body: { detail: `body: kind: ${rule}` },
  });
});
