import { describe, expect, it } from 'vitest';
import { managementResponse } from '../../lambdas/adapters/api-gateway.ts';
import openapi from '../../lambdas/management/openapi.json' with { type: 'json' };
import { managementWorld } from '../support/worlds/management-world.ts';

const endpoint = '/v1/tenants/acme/endpoints/ep_1';
const fields = { id: 'ep_1', url: 'https://acme.example/hooks', eventTypes: ['*'] };

describe('a method that a path does not take', () => {
  it.each([
    ['PUT', endpoint, 'GET, PATCH, DELETE'],
    ['HEAD', '/v1/event-types', 'GET'],
    ['GET', `${endpoint}/enable`, 'POST'],
    ['POST', '/v1/openapi.json', 'GET'],
  ])(
    'a method that a path does not have is refused with those that it has: %s %s',
    async (method, path, allow) => {
      const { call } = managementWorld();

      const { statusCode, headers } = managementResponse(await call(method, path));

      expect(statusCode).toBe(405);
      expect(headers).toMatchObject({ allow, 'content-type': 'application/problem+json' });
    },
  );

  it('a method that a path does not have is the only reason for the header Allow', async () => {
    const { call } = managementWorld();

    expect(managementResponse(await call('GET', '/v1/nothing')).headers).not.toHaveProperty('allow');
    expect(managementResponse(await call('GET', '/v1/event-types')).headers).not.toHaveProperty('allow');
  });
});

describe('an ETag', () => {
  it('an ETag is in every response whose description has it, and in no other', async () => {
    const { call } = managementWorld();
    const calls = [
      ['post', '/v1/tenants/{tenant}/endpoints', fields],
      ['get', '/v1/tenants/{tenant}/endpoints', undefined],
      ['get', '/v1/tenants/{tenant}/endpoints/{endpointId}', undefined],
      ['patch', '/v1/tenants/{tenant}/endpoints/{endpointId}', {}],
      ['post', '/v1/tenants/{tenant}/endpoints/{endpointId}/disable', undefined],
      ['post', '/v1/tenants/{tenant}/endpoints/{endpointId}/enable', undefined],
      ['post', '/v1/tenants/{tenant}/endpoints/{endpointId}/rotate-secret', {}],
      ['get', '/v1/tenants/{tenant}/endpoints/{endpointId}/secret', undefined],
      ['post', '/v1/tenants/{tenant}/endpoints/{endpointId}/test', {}],
      ['put', '/v1/event-types/{name}', {}],
      ['put', '/v1/event-types/{name}', {}],
      ['get', '/v1/event-types/{name}', undefined],
      ['get', '/v1/event-types', undefined],
      ['delete', '/v1/event-types/{name}', undefined],
      ['delete', '/v1/tenants/{tenant}/endpoints/{endpointId}', undefined],
    ] as const;

    for (const [method, template, body] of calls) {
      const path = template
        .replace('{tenant}', 'acme')
        .replace('{endpointId}', 'ep_1')
        .replace('{name}', 'a.b');
      const { status, etag } = await call(method.toUpperCase(), path, body);
      const { responses } = Reflect.get(openapi.paths[template], method);
      const described = responses[status]?.headers?.ETag !== undefined;

      expect([method, path, status < 300, etag !== undefined]).toEqual([method, path, true, described]);
    }
  });
});
