import { describe, expect, it } from 'vitest';
import { endpointHash } from '../../lambdas/domain/delivery-task.ts';
import { later, seconds } from '../../lambdas/domain/time.ts';
import { managementWorld } from '../fakes/management-world.ts';

const path = '/v1/tenants/acme/endpoints';
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
const gate = endpointHash({ tenant: 'acme', endpointId: 'ep_1' });

/** One endpoint whose breaker is open and which has failed for days. */
async function failing() {
  const { world, ...api } = managementWorld();
  await api.call('POST', path, fields);
  world.gates.gates.set(gate, {
    ...{ slots: {}, failures: 9, probes: 3, failingSince: world.now() },
    openUntil: later(world.now(), seconds(900)),
  });
  return { world, ...api };
}

describe('an endpoint that is enabled again', () => {
  it('begins anew: neither its old failures nor its breaker count', async () => {
    const { world, call } = await failing();
    await call('POST', `${path}/ep_1/disable`);

    expect(await call('POST', `${path}/ep_1/enable`)).toMatchObject({ status: 200 });

    const state = world.gates.gates.get(gate);
    expect(state).toMatchObject({ failures: 0, probes: 0 });
    expect(state?.openUntil).toBeUndefined();
    expect(state?.failingSince).toBeUndefined();
  });

  it('gets what was held for it, the oldest first; enabling it twice changes nothing more', async () => {
    const { world, call } = managementWorld();
    await call('POST', path, fields);
    await call('POST', `${path}/ep_1/disable`);
    for (const id of ['a', 'b', 'c']) {
      await world.publish({ id, type: 'x', tenant: 'acme', data: {} });
      world.advance(seconds(1));
    }

    const enabled = await call('POST', `${path}/ep_1/enable`);
    expect(await call('POST', `${path}/ep_1/enable`)).toMatchObject({ etag: enabled.etag });
    await world.run(seconds(5));

    expect(world.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['a', 'b', 'c']);
  });

  it('or is another one of the same id begins anew, too, and has no version that the other one had', async () => {
    const { world, call } = await failing();
    const { etag } = await call('GET', `${path}/ep_1`);
    await call('DELETE', `${path}/ep_1`);
    world.gates.gates.set(gate, { slots: {}, failures: 9, probes: 3, failingSince: world.now() });
    world.advance(seconds(1));

    await call('POST', path, fields);

    expect(world.gates.gates.get(gate)?.failures).toBe(0);
    const changed = await call('PATCH', `${path}/ep_1`, { description: 'x' }, { ifMatch: etag });
    expect(changed).toMatchObject({ status: 412 });
    expect(await call('POST', `${path}/ep_1/disable`, undefined, { ifMatch: etag })).toMatchObject({
      status: 412,
    });
    expect(await call('DELETE', `${path}/ep_1`, undefined, { ifMatch: etag })).toMatchObject({ status: 412 });
  });

  it('is left alone by somebody who would make it once more', async () => {
    const { world, call } = await failing();

    expect(await call('POST', path, fields)).toMatchObject({ status: 409 });

    expect(world.gates.gates.get(gate)).toMatchObject({ failures: 9, probes: 3 });
  });

  it('or gets another URL begins anew, too', async () => {
    const { world, call } = await failing();

    await call('PATCH', `${path}/ep_1`, { description: 'the same server' });
    expect(world.gates.gates.get(gate)?.failures).toBe(9);
    await call('PATCH', `${path}/ep_1`, { url: 'https://new.example/hooks' });

    expect(world.gates.gates.get(gate)?.failures).toBe(0);
  });
});

describe('an endpoint that is disabled by hand', () => {
  it('is told to the operators, once', async () => {
    const { world, call } = managementWorld();
    await call('POST', path, fields);

    await call('POST', `${path}/ep_1/disable`);
    await call('POST', `${path}/ep_1/disable`);
    await world.sweep();

    expect(world.operations.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'endpoint.disabled', reason: 'manual', tenant: 'acme', endpointId: 'ep_1' },
    ]);
  });
});

describe('an endpoint that is deleted', () => {
  it('has what was held for it discarded at once, with the reason', async () => {
    const { world, call } = managementWorld();
    await call('POST', path, fields);
    await call('POST', `${path}/ep_1/disable`);
    for (let n = 0; n < 60; n++) await world.publish({ id: `e${n}`, type: 'x', tenant: 'acme', data: {} });

    expect(await call('DELETE', `${path}/ep_1`)).toMatchObject({ status: 204 });

    const all = [...world.table.deliveries.values()];
    expect(all).toHaveLength(60);
    for (const delivery of all) {
      expect(delivery).toMatchObject({ status: 'discarded', lastError: 'its endpoint was deleted' });
    }
  });
});

describe('the first try of every developer', () => {
  it.each(['http://localhost:3000/hooks', 'http://127.0.0.1:3000/', 'https://localhost/'])(
    '%s is refused with the one line that says what allows it',
    async (url) => {
      const { call } = managementWorld();
      const refusalOfName = async (name: string) => `${name} resolves to an address that is not allowed`;

      const { status, body } = await call('POST', path, { ...fields, url }, {}, { refusalOfName });

      expect(status).toBe(422);
      expect(body).toMatchObject({ detail: expect.stringContaining('hookline:localEndpoints=true') });
    },
  );

  it('a name that resolves to a private address is refused', async () => {
    const { call } = managementWorld();
    const refusalOfName = async () => 'acme.example resolves to an address that is not allowed';

    const { status, body } = await call('POST', path, fields, {}, { refusalOfName });

    expect(status).toBe(422);
    expect(body).toMatchObject({ errors: [{ path: 'url' }] });
  });
});

describe('what goes wrong on our side', () => {
  it('is answered without its details, which are in the log', async () => {
    const { call, problems, ports } = managementWorld();
    const read = () => Promise.reject(new Error('the table whsec_secret is on fire'));

    const answer = await call(
      'GET',
      `${path}/ep_1`,
      undefined,
      {},
      { endpoints: { ...ports.endpoints, read } },
    );

    expect(answer).toMatchObject({
      status: 500,
      isProblem: true,
      body: { type: 'urn:hookline:problem:internal' },
    });
    expect(JSON.stringify(answer)).not.toContain('whsec');
    expect(problems).toHaveLength(1);
  });
});

describe('an event that is published', () => {
  it('is one message for the publish queue; numbers are kept digit by digit', async () => {
    const { call, published } = managementWorld();

    const answer = await call('POST', '/v1/tenants/acme/events', undefined, {
      body: '{"type":"invoice.paid","data":{"big":12345678901234567890}}',
    });

    expect(answer).toMatchObject({ status: 202, body: { id: 'evt_1' } });
    expect(published).toEqual([
      '{"id":"evt_1","type":"invoice.paid","data":{"big":12345678901234567890},"tenant":"acme"}',
    ]);
  });

  it('of more than 1 MiB is refused', async () => {
    const { call, published } = managementWorld();

    const answer = await call('POST', '/v1/tenants/acme/events', { type: 'a', data: 'x'.repeat(1_100_000) });

    expect(answer).toMatchObject({ status: 413 });
    expect(published).toEqual([]);
  });
});

it('an event to an endpoint that is not there is refused, and not only found in the DLQ', async () => {
  const { published, call } = managementWorld();
  await call('POST', path, fields);
  const to = (endpointId: string) =>
    call('POST', '/v1/tenants/acme/events', { type: 'invoice.paid', data: {}, endpointId });

  expect(await to('nobody')).toMatchObject({ status: 404 });
  expect(await to('ep_1')).toMatchObject({ status: 202 });
  expect(published).toHaveLength(1);
});
