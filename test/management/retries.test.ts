import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { seconds, toIsoInstant } from '../../lambdas/domain/time.ts';
import { refused } from '../support/fixtures/outbound.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoint = '/v1/tenants/acme/endpoints/ep_1';
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };

/** A delivery that failed; then its endpoint is deleted, and perhaps created again. */
async function failedAndThen(then: 'nothing' | 'delete' | 'recreate' | 'disable') {
  const made = managementWorld();
  const { world, call } = made;
  const post = world.deliverPorts.post;
  const answers = { isDown: true };
  const failing: typeof post = async (request) => (answers.isDown ? refused(404) : post(request));
  await call('POST', '/v1/tenants/acme/endpoints', fields);
  await world.publish({ id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} });
  while ((await world.deliverOnce({ ...world.deliverPorts, post: failing })) > 0);
  if (then === 'delete' || then === 'recreate') await call('DELETE', endpoint);
  if (then === 'recreate')
    await call('POST', '/v1/tenants/acme/endpoints', { ...fields, url: 'https://acme.example/new' });
  if (then === 'disable') await call('POST', `${endpoint}/disable`);
  const { id } = world.delivery();
  const retry = (body?: object) => call('POST', `/v1/deliveries/${id}/retry`, body);
  return { ...made, retry };
}

describe('a retry', () => {
  it('a retry of a delivery to a deleted endpoint is 409 with the reason', async () => {
    const { retry, world } = await failedAndThen('delete');

    for (const body of [undefined, { toCurrentEndpoint: true }])
      expect(await retry(body)).toMatchObject({
        status: 409,
        body: { detail: expect.stringMatching(/^the endpoint ep_1 of acme was deleted/) },
      });
    expect(world.delivery()).toMatchObject({ status: 'failed', round: 1 });
  });

  it('a retry of a delivery to an earlier endpoint of the id is 409, or 202 on request', async () => {
    const { retry, world } = await failedAndThen('recreate');

    expect(await retry()).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/another one under that id now.*"toCurrentEndpoint": true/) },
    });
    expect(await retry({ toCurrentEndpoint: true })).toMatchObject({
      status: 202,
      body: { status: 'pending', willBeHeld: false },
    });
    await world.run(seconds(60));
    expect(world.delivery().status).toBe('delivered');
    expect(world.requests.at(-1)?.url).toBe('https://acme.example/new');
  });

  it('a retry to a disabled endpoint says that the delivery will be held', async () => {
    const { retry } = await failedAndThen('disable');

    expect(await retry()).toMatchObject({ status: 202, body: { status: 'pending', willBeHeld: true } });
  });

  it('a retry to an existing endpoint takes no body', async () => {
    const { retry } = await failedAndThen('nothing');

    expect(await retry({ toCurrent: true })).toMatchObject({ status: 400 });
    expect(await retry()).toMatchObject({ status: 202, body: { willBeHeld: false } });
  });
});

describe('a recovery', () => {
  it('a recovery of a deleted endpoint is 404', async () => {
    const { call, world } = await failedAndThen('delete');
    const since = toIsoInstant(world.now());

    expect(await call('POST', `${endpoint}/recoveries`, { since })).toMatchObject({ status: 404 });
  });

  it('a recovery counts deliveries for an earlier endpoint of the id, and sends them on request', async () => {
    const { call, world } = await failedAndThen('recreate');
    const since = toIsoInstant(world.now());
    const query = { since, toCurrentEndpoint: 'true' };
    const recovery = (body: object) => call('POST', `${endpoint}/recoveries`, { since, ...body });
    world.advance(seconds(1));

    expect(await call('GET', `${endpoint}/recovery-estimate`, undefined, { query: { since } })).toMatchObject(
      { body: { count: 0, ofEarlierEndpoint: 1 } },
    );
    expect(await call('GET', `${endpoint}/recovery-estimate`, undefined, { query })).toMatchObject({
      body: { count: 1, ofEarlierEndpoint: 0 },
    });
    expect(await recovery({})).toMatchObject({
      body: { status: 'done', replayed: 0, refused: 1, ofEarlierEndpoint: 1, toCurrentEndpoint: false },
    });
    expect(await recovery({ toCurrentEndpoint: true })).toMatchObject({
      body: { status: 'done', replayed: 1, refused: 0, ofEarlierEndpoint: 0, toCurrentEndpoint: true },
    });
  });
});

describe('an endpoint', () => {
  it('an endpoint with the id of a deleted one has another version and generation, even within one millisecond', async () => {
    const { call, world } = managementWorld();
    const made = async () => {
      const { body } = await call('POST', '/v1/tenants/acme/endpoints', fields);
      return { body, item: await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_1')) };
    };

    const first = await made();
    await call('DELETE', endpoint);
    const second = await made();

    expect(second.item?.generation).not.toBe(first.item?.generation);
    expect(second.item?.version).not.toBe(first.item?.version);
    expect(JSON.stringify(second.body)).not.toContain('generation');
  });

  it('an endpoint that is deleted takes its held deliveries with it, and none of its successor', async () => {
    const { call, ports, world } = managementWorld();
    await call('POST', '/v1/tenants/acme/endpoints', fields);
    await call('POST', `${endpoint}/disable`);
    await world.publish({ id: 'e1', type: 'invoice.paid', tenant: 'acme', data: {} });
    const heldOf: typeof ports.deliveries.heldOf = async (...of) => {
      if ((await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_1'))) === undefined) {
        await call('POST', '/v1/tenants/acme/endpoints', fields);
        await call('POST', `${endpoint}/disable`);
        await world.publish({ id: 'e2', type: 'invoice.paid', tenant: 'acme', data: {} });
      }
      return ports.deliveries.heldOf(...of);
    };

    await call('DELETE', endpoint, undefined, {}, { deliveries: { ...ports.deliveries, heldOf } });

    const stands = [...world.table.deliveries.values()].map(({ eventId, status }) => [eventId, status]);
    expect(Object.fromEntries(stands)).toEqual({ e1: 'discarded', e2: 'held' });
  });
});
