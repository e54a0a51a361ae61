import { expect, it } from 'vitest';
import { AlteredBodyError } from '../../lambdas/domain/stored-body.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoints = '/v1/tenants/acme/endpoints';

/** Two events of an endpoint; the body of one, in the bucket, was altered. */
async function withAnAlteredPayload() {
  const { world, call, problems } = managementWorld();
  await call('POST', endpoints, { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] });
  for (const id of ['e1', 'e2']) await world.publish({ id, type: 'a.b', tenant: 'acme', data: {} });
  await world.recordAnnounced();
  const readPayload = async (key: string) => {
    if (key === 'acme#e1')
      throw new AlteredBodyError('its body in the bucket is not the one that was stored');
    return world.publishPorts.readPayload(key);
  };
  const deliveries = [...world.table.deliveries.values()];
  const idOf = (eventId: string) => deliveries.find((delivery) => delivery.eventId === eventId)?.id ?? '';
  const ask = (method: string, path: string) => call(method, path, undefined, {}, { readPayload });
  return { problems, idOf, ask };
}

it('a delivery whose payload was altered is a problem that says so, and not a fault of ours', async () => {
  const { problems, idOf, ask } = await withAnAlteredPayload();

  const answer = await ask('GET', `/v1/deliveries/${idOf('e1')}`);

  expect(answer).toMatchObject({ status: 409, isProblem: true });
  expect(answer.body).toMatchObject({ detail: expect.stringContaining('is not the one that was stored') });
  expect(await ask('GET', `/v1/deliveries/${idOf('e2')}`)).toMatchObject({ status: 200 });
  expect(problems).toEqual([]);
});

it('a filter test with an altered payload tries the other events', async () => {
  const { ask } = await withAnAlteredPayload();

  expect(await ask('POST', `${endpoints}/ep_1/filter-test`)).toMatchObject({
    status: 200,
    body: { results: [{ eventId: 'e2' }] },
  });
});
