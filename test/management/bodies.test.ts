import { describe, expect, it } from 'vitest';
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoints = '/v1/tenants/acme/endpoints';
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** With one endpoint. */
async function apiWithOneEndpoint() {
  const api = managementWorld();
  await api.call('POST', endpoints, fields);
  const send = (method: string, path: string, body: string) => api.call(method, path, undefined, { body });
  return { ...api, send };
}

describe('a number', () => {
  it.each([
    ['PATCH', `${endpoints}/ep_1`, '{"maxPerSecond":1.0,"timeout":2.50,"retryDelays":[5.0,1e2]}'],
    ['PATCH', `${endpoints}/ep_1`, '{"filter":{"path":"amount","gte":19.90,"in":[1.0]}}'],
    ['POST', `${endpoints}/ep_1/rotate-secret`, '{"overlapHours":24.0}'],
    ['PUT', '/v1/event-types/a.b', '{"schema":{"type":"object","minProperties":1.0}}'],
  ])('a number is accepted in any notation: %s %s %s', async (method, path, body) => {
    const { send, problems } = await apiWithOneEndpoint();

    const { status } = await send(method, path, body);

    expect([status, problems]).toEqual([method === 'PUT' ? 201 : 200, []]);
  });

  it('a number of a test event is sent as it was written', async () => {
    const { send, published } = await apiWithOneEndpoint();

    await send('POST', `${endpoints}/ep_1/test`, '{"data":[1.0,12345678901234567890]}');

    expect(published[0]).toContain('"data":[1.0,12345678901234567890]');
  });

  it('a number of an example is shown as it was written', async () => {
    const { call, send } = await apiWithOneEndpoint();
    const put = await send(
      'PUT',
      '/v1/event-types/a.b',
      '{"example":{"price":19.90,"id":12345678901234567890}}',
    );
    const got = await call('GET', '/v1/event-types/a.b');

    for (const { body } of [put, got]) {
      expect(JSON.stringify(body)).toContain('"example":{"price":19.90,"id":12345678901234567890}');
    }
  });
});

describe('a body that cannot be kept', () => {
  const kib = (count: number) => 'x'.repeat(count * 1024);

  it.each([
    ['a schema', { schema: { description: kib(128) } }, 'schema'],
    ['an example', { example: { text: kib(500) } }, 'example'],
    ['an example in letters of three bytes', { example: '漢'.repeat(64 * 1024) }, 'example'],
    ['a description', { description: kib(2) }, 'description'],
  ])(
    '%s of an event type that is too large to be stored is refused, with the field',
    async (_, body, path) => {
      const { call } = await apiWithOneEndpoint();

      expect(await call('PUT', '/v1/event-types/a.b', body)).toMatchObject({
        status: 400,
        body: { errors: [{ path }] },
      });
    },
  );

  it('a body with schema and example of the largest size is accepted', async () => {
    const { call } = await apiWithOneEndpoint();
    const largest = { description: '漢'.repeat(1024), schema: { description: kib(127) }, example: kib(127) };

    expect(await call('PUT', '/v1/event-types/a.b', largest)).toMatchObject({ status: 201 });
  });

  it.each([
    [{ description: 'a\u0000b' }, 'description'],
    [{ description: '\ud800' }, 'description'],
    [{ metadata: { plan: '\u0007' } }, 'metadata.plan'],
    [{ metadata: { '': 'x' } }, 'metadata.'],
    [{ metadata: { plan: 'x'.repeat(513) } }, 'metadata.plan'],
    [{ metadata: { ['k'.repeat(65)]: 'x' } }, `metadata.${'k'.repeat(65)}`],
    [{ headers: { 'X-Team': 'x'.repeat(4097) } }, 'headers.X-Team'],
    [{ url: `https://acme.example/${'x'.repeat(2048)}` }, 'url'],
    [{ retryDelays: [1e-200] }, 'retryDelays.0'],
    [{ filter: { path: 'a', gt: 1e19 } }, 'filter.gt'],
  ])('a body that cannot be stored as an endpoint is refused, with the field (%#)', async (change, path) => {
    const { call } = await apiWithOneEndpoint();

    expect(await call('PATCH', `${endpoints}/ep_1`, change)).toMatchObject({
      status: 400,
      body: { errors: [{ path }] },
    });
  });

  it('a body with line breaks and letters of every kind is accepted', async () => {
    const { call } = await apiWithOneEndpoint();
    const description = 'Billing\n\tof Müller & 漢字 😀';

    expect(await call('PATCH', `${endpoints}/ep_1`, { description })).toMatchObject({
      status: 200,
      body: { description },
    });
  });
});

describe('a body that is nested too deep', () => {
  it.each([
    ['POST', '/v1/tenants/acme/events', `{"type":"a","data":${nested(100)}}`],
    ['POST', '/v1/tenants/acme/events', `{"type":"a","data":${nested(500_000)}}`],
    ['PUT', '/v1/event-types/a.b', `{"example":${nested(60_000)}}`],
    ['PUT', '/v1/event-types/a.b', `{"schema":{"a":${nested(60_000)}}}`],
    ['PATCH', `${endpoints}/ep_1`, `{"filter":${'{"not":'.repeat(60_000)}1${'}'.repeat(60_000)}}`],
    ['PATCH', `${endpoints}/ep_1`, `{"a":${nested(500_000)}}`],
  ])('a body that is nested too deep is refused (%#: %s %s)', async (method, path, body) => {
    const { send } = await apiWithOneEndpoint();

    expect(await send(method, path, body)).toMatchObject({
      status: 400,
      body: { detail: 'The body is nested too deep: at most 100 levels are allowed.' },
    });
  });

  it('a body with a hundred levels is accepted', async () => {
    const { send } = await apiWithOneEndpoint();
    const body = `{"type":"a","data":${nested(99)}}`;

    expect(await send('POST', '/v1/tenants/acme/events', body)).toMatchObject({ status: 202 });
  });
});

describe('a body that is not an object', () => {
  it.each(['null', '[]', '5', '"x"', '1.0', 'true', '', ' ', '{', '\ufeff{}', '{"a":1}x'])(
    'a body that is not an object is refused: %j',
    async (body) => {
      const { send } = await apiWithOneEndpoint();

      for (const [method, path] of [
        ['POST', endpoints],
        ['PATCH', `${endpoints}/ep_1`],
        ['POST', '/v1/tenants/acme/events'],
        ['PUT', '/v1/event-types/a.b'],
      ] as const) {
        expect(await send(method, path, body), path).toMatchObject({ status: 400, isProblem: true });
      }
    },
  );
});
