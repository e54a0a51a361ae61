import fc from 'fast-check';
import { expect, it } from 'vitest';
import { managementResponse } from '../../lambdas/adapters/api-gateway.ts';
import { hostileRequest } from '../support/hostile/management-requests.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

/** An endpoint with a delivery, an event type, a source; and time for a few steps of long operations. */
async function world() {
  const { world, call, problems } = managementWorld();
  await call('POST', '/v1/tenants/acme/endpoints', {
    id: 'ep_1',
    url: 'https://acme.example/hooks',
    eventTypes: ['*'],
  });
  await call('PUT', '/v1/event-types/a.b', { description: 'b' });
  await world.publish({ id: 'evt_0', type: 'a.b', tenant: 'acme', data: {} });
  const left = { steps: 20 };
  const changed = { sources: ['quiet'], hasTime: () => --left.steps > 0 };
  return { call, problems, changed };
}

// Thousands of requests: a busy machine may take minutes.
it('no request to the management API, with any content, fails on our side', {
  timeout: 240_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileRequest, { minLength: 1, maxLength: 5 }), async (requests) => {
      const { call, problems, changed } = await world();

      for (const { method, path, ...more } of requests) {
        const answer = await call(method, path, undefined, more, changed);

        expect(problems).toEqual([]);
        expect(answer.status).toBeLessThan(500);
        const { headers = {}, body = '' } = managementResponse(answer);
        expect(answer.status === 405).toBe('allow' in headers);
        if (answer.isProblem) {
          expect(JSON.parse(body)).toMatchObject({ status: answer.status, detail: expect.any(String) });
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
