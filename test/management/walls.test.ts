import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { managementRequest } from '../../lambdas/adapters/api-gateway.ts';
import { operations } from '../../lambdas/management/operations.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoints = '/v1/tenants/acme/endpoints';
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };
const cursorOf = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');
const all = operations.map((operation) => [operation.id, operation] as const);

/** What each parameter of a path may be. */
const fits: Readonly<Record<string, string>> = {
  tenant: 'acme',
  endpointId: 'ep_1',
  name: 'a.b',
  source: 'quiet',
  recoveryId: 'rec_1',
  deliveryId: 'a'.repeat(52),
};
const pathWith = (template: string, values: Readonly<Record<string, string>> = {}) =>
  template.replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? fits[name] ?? 'x');

describe('a name in a path', () => {
  const wrong = [
    ...['.', '..', '...x/', '%2e', '%2e%2e', '%2E.', '.%2e', '%252e%252e', '%25', 'a%2fb', 'a%2Fb', 'a%5cb'],
    ...['%00', '%0a', 'a%00b', '\u0000', 'a\nb', '\u202eacme', '%e2%80%ae', 'a\u200bb', '%ef%bb%bf', 'ａcme'],
    ...['', ' ', 'a b', 'a%20b', 'a+b', '%ff', '%', '%zz', 'a;b', 'a?b', 'a#b', '*', 'x'.repeat(300), "a'b"],
  ];

  it.each(all)(
    'a name in a path never leads to another place, in any spelling: %s',
    async (_, { method, path }) => {
      const { call, problems } = managementWorld();
      const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

      for (const name of params) {
        for (const value of wrong) {
          const { status, body } = await call(method, pathWith(path, { [name]: value }));
          expect([400, 404, 405], `${name}=${value}`).toContain(status);
          if (status === 400) expect(body).toMatchObject({ detail: expect.stringMatching(/^path: \w+: /) });
          expect(JSON.stringify(body)).not.toMatch(/x{300}|\u202e|\u200b/);
        }
      }
      expect(problems).toEqual([]);
    },
  );

  it.each(['.', '..'])('a name of a tenant or an endpoint is not %s', async (dots) => {
    const { call } = managementWorld();

    expect(await call('POST', `/v1/tenants/${dots}/endpoints`, fields)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'tenant', message: expect.stringContaining('neither . nor ..') }] },
    });
    expect(await call('POST', endpoints, { ...fields, id: dots })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'id' }] },
    });
    const query = { cursor: cursorOf({ after: dots }) };
    expect(await call('GET', endpoints, undefined, { query })).toMatchObject({ status: 400 });
  });

  it('a name in a path has one spelling: unnecessary percent-encoding is refused', async () => {
    const { call } = managementWorld();
    await call('POST', endpoints, fields);

    expect(await call('GET', '/v1/tenants/%61cme/endpoints/ep_1')).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'tenant', message: 'expected without percent-encoding' }] },
    });
    expect(await call('GET', `${endpoints}/ep_1`)).toMatchObject({ status: 200 });
  });
});

/** How an answer names a field: never as something that cannot be read. */
function shown(name: string): string {
  if (name.length > 100) return '(a name of 300 characters)';
  return name === '' ? '(an empty name)' : name;
}

describe('a parameter of a query', () => {
  it.each(all)(
    'a query parameter that does not exist is refused, with those that do: %s',
    async (_, operation) => {
      const { call } = managementWorld();
      const known = Object.keys(Object(operation.query).entries ?? {}).toSorted();
      const path = pathWith(operation.path);

      for (const name of ['Limit', 'x', '__proto__', 'constructor', 'toString', '', 'x'.repeat(300)]) {
        const query = Object.fromEntries([[name, '1']]);
        const { status, body } = await call(operation.method, path, {}, { query }, { sources: ['quiet'] });

        expect({ status, body }).toMatchObject({
          status: 400,
          body: { detail: expect.stringMatching(/^query: /) },
        });
        const message = known.length === 0 ? 'expected none' : `expected one of ${known.join(', ')}`;
        expect(Object(body).errors).toContainEqual({
          path: shown(name),
          message: `is unknown; ${message}`,
        });
      }
    },
  );

  it('a query parameter that is given twice is refused', async () => {
    const { call } = managementWorld();

    expect(await call('GET', endpoints, undefined, { query: { limit: ['1', '2'] } })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'limit', message: 'expected once, got 2 times' }] },
    });
  });
});

describe('the query of a request, as the gateway hands it over', () => {
  const queryOf = (rawQueryString: string) =>
    managementRequest({
      rawQueryString,
      rawPath: '/',
      headers: {},
      body: '',
      // As the gateway reads it, which joins by commas.
      queryStringParameters: { limit: '1,2' },
      requestContext: { http: { method: 'GET' } },
    } as unknown as APIGatewayProxyEventV2WithIAMAuthorizer).query;

  it.each([
    ['', {}],
    ['limit=1', { limit: '1' }],
    ['limit=1&limit=2', { limit: ['1', '2'] }],
    ['limit=1,2', { limit: '1,2' }],
    ['limit=1&%6cimit=2', { limit: ['1', '2'] }],
    ['cursor=a%3D%3D&&status=a+b', { cursor: 'a==', status: 'a b' }],
    ['cursor=a==&x', { cursor: 'a==', x: '' }],
    ['=x', { '': 'x' }],
    ['x=%ff%zz', { x: '%ff%zz' }],
    ['since=2026-11-01T00%3A00%3A00%2B01%3A00', { since: '2026-11-01T00:00:00+01:00' }],
  ])('the query of a request is read as the gateway passes it on: %s', (text, query) => {
    expect(queryOf(text)).toEqual(query);
  });

  it('the query of a request has no prototype: __proto__ is a name like any other', () => {
    expect(Object.keys(queryOf('__proto__=1&constructor=2'))).toEqual(['__proto__', 'constructor']);
  });
});

describe('a map in a body', () => {
  it.each([
    ['PATCH', `${endpoints}/ep_1`, 'metadata', '["a"]'],
    ['PATCH', `${endpoints}/ep_1`, 'headers', '["a"]'],
    ['PATCH', `${endpoints}/ep_1`, 'metadata', '{"__proto__":"a"}'],
    ['PATCH', `${endpoints}/ep_1`, 'metadata', '{"constructor":"a"}'],
    ['PUT', '/v1/event-types/a.b', 'schema', '[]'],
    ['PUT', '/v1/event-types/a.b', 'schema', '{"constructor":{}}'],
  ])(
    'a map in a body that would silently lose something is refused: %s %s %s %s',
    async (method, path, name, map) => {
      const { call } = managementWorld();
      await call('POST', endpoints, fields);

      const answer = await call(method, path, undefined, { body: `{"${name}":${map}}` });

      expect(answer).toMatchObject({
        status: 400,
        body: { detail: expect.stringMatching(new RegExp(`^body: ${name}.*expected`)) },
      });
    },
  );
});

describe('a URL and a secret', () => {
  it('a URL and a secret lose the blanks around them', async () => {
    const { call } = managementWorld();
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    const next = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

    const created = await call('POST', endpoints, {
      ...fields,
      url: ` ${fields.url}\n`,
      secret: `\t${secret} \r\n`,
    });
    const rotated = await call('POST', `${endpoints}/ep_1/rotate-secret`, { secret: ` ${next}` });

    expect(created).toMatchObject({
      status: 201,
      body: { endpoint: { url: fields.url }, secret: { secret } },
    });
    expect(rotated).toMatchObject({ status: 200, body: { secrets: [{ secret: next }, { secret }] } });
  });

  it.each(['https://localhost/', 'https://LOCALHOST./', 'https://a.localhost/', 'https://ⓛocalhost/'])(
    'a URL of this machine is refused, regardless of the resolver: %s',
    async (url) => {
      const { call } = managementWorld();

      expect(await call('POST', endpoints, { ...fields, url })).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'url', message: expect.stringContaining('not a public address') }] },
      });
    },
  );

  it('a URL with a # is refused, since the rest would never be sent', async () => {
    const { call } = managementWorld();

    expect(await call('POST', endpoints, { ...fields, url: 'https://acme.example/#/hooks' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'url', message: expect.stringContaining('without #') }] },
    });
  });

  it('a URL whose name resolves to a private address is refused, without the address', async () => {
    const { call } = managementWorld();
    const checkHostname = async () => 'acme.example resolves to 10.1.2.3, which is private';

    for (const [method, path] of [
      ['POST', endpoints],
      ['PATCH', `${endpoints}/ep_0`],
    ] as const) {
      await call('POST', endpoints, { ...fields, id: 'ep_0' });
      const body = method === 'POST' ? fields : { url: 'https://acme.example/other' };
      const answer = await call(method, path, body, {}, { checkHostname });

      expect(answer).toMatchObject({
        status: 422,
        body: { detail: 'url: acme.example resolves to an address that is not public' },
      });
    }
  });
});
