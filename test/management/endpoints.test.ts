import { describe, expect, it } from 'vitest';
import { managementWorld } from '../support/worlds/management-world.ts';

const path = '/v1/tenants/acme/endpoints';
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };

describe('a test of an endpoint', () => {
  it('a test of an endpoint is published to be sent now', async () => {
    const { call, published } = managementWorld();
    await call('POST', path, fields);

    expect(await call('POST', `${path}/ep_1/test`)).toMatchObject({ status: 202 });

    expect(JSON.parse(published[0] ?? '')).toMatchObject({ byHand: 'test', endpoint: { id: 'ep_1' } });
  });

  it('a test of an endpoint is refused while the endpoint is disabled, with what to do', async () => {
    const { call, published } = managementWorld();
    await call('POST', path, fields);
    await call('POST', `${path}/ep_1/disable`);

    expect(await call('POST', `${path}/ep_1/test`)).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/ep_1 is disabled.*enable it first/) },
    });
    expect(published).toEqual([]);
  });
});

describe('an endpoint that is disabled by hand', () => {
  it('an endpoint that is disabled by hand is reported to the operators, once', async () => {
    const { world, call } = managementWorld();
    await call('POST', path, fields);

    await call('POST', `${path}/ep_1/disable`);
    expect(world.operations).toHaveLength(1);
    await call('POST', `${path}/ep_1/disable`);
    await world.sweep();

    expect(world.operations.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'endpoint.disabled', reason: 'manual', tenant: 'acme', endpointId: 'ep_1' },
    ]);
  });
});

describe('an endpoint that is deleted', () => {
  it('an endpoint that is deleted has its held deliveries discarded at once, with the reason', async () => {
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

describe('a developer’s first URL', () => {
  it.each(['http://localhost:3000/hooks', 'http://127.0.0.1:3000/', 'https://localhost/'])(
    'a developer’s first URL %s is refused with one line that says how to allow it',
    async (url) => {
      const { call } = managementWorld();
      const checkHostname = async (name: string) => `${name} resolves to an address that is not allowed`;

      const { status, body } = await call('POST', path, { ...fields, url }, {}, { checkHostname });

      expect(status).toBe(422);
      expect(body).toMatchObject({ detail: expect.stringContaining('hookline:localEndpoints=true') });
    },
  );

  it('an endpoint whose name resolves to a private address is refused', async () => {
    const { call } = managementWorld();
    const checkHostname = async () => 'acme.example resolves to an address that is not allowed';

    const { status, body } = await call('POST', path, fields, {}, { checkHostname });

    expect(status).toBe(422);
    expect(body).toMatchObject({ errors: [{ path: 'url' }] });
  });
});

describe('a fault on our side', () => {
  it('a fault on our side gets a response without details, which are in the log', async () => {
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
