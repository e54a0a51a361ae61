import { describe, expect, it } from 'vitest';
import { days, seconds } from '../../lambdas/domain/time.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoints = '/v1/tenants/acme/endpoints';
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['invoice.*'] };
const event = { id: 'e1', type: 'invoice.paid', data: { amount: 1 } };

/** The API with one endpoint; what it puts on the publish queue is carried out. */
async function withEndpoint() {
  const made = managementWorld();
  const { world, call, published } = made;
  await call('POST', endpoints, fields);
  const publish = (body: object) => call('POST', '/v1/tenants/acme/events', body);
  const carryOut = async () => {
    for (const body of published.splice(0)) await world.publish(JSON.parse(body));
    await world.run(seconds(60));
  };
  return { ...made, publish, carryOut };
}

describe('publishing an id again', () => {
  it.each([{}, { endpointId: 'ep_1' }])(
    'publishing an id again that has gone out sends nothing, and says so: %j',
    async (address) => {
      const { publish, carryOut, published, world } = await withEndpoint();
      expect(await publish({ ...event, ...address })).toMatchObject({ status: 202, body: { id: 'e1' } });
      await carryOut();

      const { status, body } = await publish({ ...event, ...address });

      expect({ status, body }).toMatchObject({ status: 200, body: { id: 'e1', repeated: true } });
      expect(Object(body).notice).toMatch(/^the event e1 /);
      expect(published).toEqual([]);
      expect(world.requests).toHaveLength(1);
    },
  );

  it.each([
    { ...event, data: { amount: 2 } },
    { ...event, type: 'invoice.sent' },
    { ...event, data: { amount: 2 }, endpointId: 'ep_1' },
  ])('publishing an id again with another body is 409: the first body stays', async (other) => {
    const { publish, carryOut, published } = await withEndpoint();
    await publish(event);
    await carryOut();

    expect(await publish(other)).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/^the event e1 is there already/) },
    });
    expect(published).toEqual([]);
  });

  it('publishing an id again sends what is missing, and says that it is a repetition', async () => {
    const { publish, carryOut, call, world } = await withEndpoint();
    await call('POST', endpoints, { ...fields, id: 'ep_2', url: 'https://acme.example/two' });
    await publish({ ...event, endpointId: 'ep_1' });
    await carryOut();

    for (const address of [{ endpointId: 'ep_2' }, {}])
      expect(await publish({ ...event, ...address })).toMatchObject({
        status: 202,
        body: { id: 'e1', repeated: true },
      });
    await carryOut();

    expect(world.requests.map(({ url }) => url)).toEqual([
      'https://acme.example/hooks',
      'https://acme.example/two',
    ]);
  });

  it('publishing an id again sends the task that its delivery has lost', async () => {
    const { publish, published, carryOut, world } = await withEndpoint();
    await publish({ ...event, endpointId: 'ep_1' });
    await world.publishQueue.send({ body: published[0] ?? '' });
    await world.workOffPublishQueue();
    world.deliveryQueue.purge();

    expect(await publish({ ...event, endpointId: 'ep_1' })).toMatchObject({
      status: 202,
      body: { repeated: true },
    });
    await carryOut();
    expect(world.requests).toHaveLength(1);
  });

  it('publishing an id again past its retention makes a new event', async () => {
    const { publish, carryOut, world } = await withEndpoint();
    await publish(event);
    await carryOut();
    world.advance(days(200));

    expect(await publish({ ...event, data: { amount: 2 } })).toMatchObject({
      status: 202,
      body: { id: 'e1' },
    });
  });

  it('publishing an id again for an endpoint that was created again says what its delivery was for', async () => {
    const { publish, carryOut, call } = await withEndpoint();
    await publish({ ...event, endpointId: 'ep_1' });
    await carryOut();
    await call('DELETE', `${endpoints}/ep_1`);
    await call('POST', endpoints, fields);

    expect(await publish({ ...event, endpointId: 'ep_1' })).toMatchObject({
      status: 200,
      body: { repeated: true, notice: expect.stringMatching(/earlier endpoint ep_1.*"toCurrentEndpoint"/) },
    });
  });
});

describe('publishing', () => {
  it.each([
    [
      { type: 'order.made', tenant: 'acme' },
      'no endpoint of acme takes order.made with this data (there are 1).',
    ],
    [{ type: 'invoice.paid', tenant: 'umbrella' }, 'umbrella has no endpoint.'],
  ])('publishing to a tenant without an endpoint that takes the event says so: %j', async (body, notice) => {
    const { call } = await withEndpoint();
    const { tenant, type } = body;

    expect(await call('POST', `/v1/tenants/${tenant}/events`, { type, data: {} })).toMatchObject({
      status: 202,
      body: { unmatched: true, notice },
    });
  });

  it('publishing to a tenant with many endpoints reads one page of them, and says nothing about the rest', async () => {
    const { call, publish } = await withEndpoint();
    for (let n = 0; n < 30; n++) await call('POST', endpoints, { ...fields, id: `ep_${n}0` });

    const { status, body } = await publish({ type: 'order.made', data: {} });

    expect([status, Object(body).unmatched]).toEqual([202, undefined]);
  });

  it('publishing to a disabled endpoint says that the event is held', async () => {
    const { call, publish } = await withEndpoint();
    await call('POST', `${endpoints}/ep_1/disable`);

    expect(await publish({ ...event, endpointId: 'ep_1' })).toMatchObject({
      status: 202,
      body: { willBeHeld: true },
    });
  });

  it('publishing to an endpoint that is created again meanwhile ends on the DLQ with the reason', async () => {
    const { call, publish, carryOut, world } = await withEndpoint();
    await publish({ ...event, endpointId: 'ep_1' });
    await call('DELETE', `${endpoints}/ep_1`);
    await call('POST', endpoints, fields);

    await carryOut();

    expect(world.requests).toEqual([]);
    expect(world.deadLetters.map((letter) => JSON.parse(letter).reason)).toEqual([
      expect.stringMatching(/for which this was published was deleted/),
    ]);
  });
});

describe('an event that is published', () => {
  it('a published event is one message for the publish queue, with its numbers digit by digit', async () => {
    const { call, published } = managementWorld();

    const answer = await call('POST', '/v1/tenants/acme/events', undefined, {
      body: '{"type":"invoice.paid","data":{"big":12345678901234567890}}',
    });

    expect(answer).toMatchObject({ status: 202, body: { id: 'evt_1' } });
    expect(published).toEqual([
      '{"id":"evt_1","type":"invoice.paid","data":{"big":12345678901234567890},"tenant":"acme"}',
    ]);
  });

  it('a published event of more than 1 MiB is refused', async () => {
    const { call, published } = managementWorld();

    const answer = await call('POST', '/v1/tenants/acme/events', { type: 'a', data: 'x'.repeat(1_100_000) });

    expect(answer).toMatchObject({ status: 413 });
    expect(published).toEqual([]);
  });
});

it('an event to a missing endpoint is refused at once, instead of failing later on the DLQ', async () => {
  const { published, call } = managementWorld();
  await call('POST', endpoints, fields);
  const to = (endpointId: string) =>
    call('POST', '/v1/tenants/acme/events', { type: 'invoice.paid', data: {}, endpointId });

  expect(await to('nobody')).toMatchObject({ status: 404 });
  expect(await to('ep_1')).toMatchObject({ status: 202 });
  expect(published).toHaveLength(1);
});
