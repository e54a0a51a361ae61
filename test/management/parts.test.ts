import { expect, it } from 'vitest';
import { manage } from '../../lambdas/management/manage.ts';
import { operations, operationsOf } from '../../lambdas/management/operations.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

function callOf(has: { readonly inbound: boolean; readonly outbound: boolean }) {
  const { ports } = managementWorld();
  const all = { ...ports, openapi: async () => ({}) };
  return (path: string) =>
    manage({ method: 'GET', path, query: {}, body: '' }, 'arn:aws:iam::1:user/me', all, operationsOf(has));
}

it('a deployment that only receives answers 404 about endpoints, and says why', async () => {
  const call = callOf({ inbound: true, outbound: false });

  expect(await call('/v1/tenants/acme/endpoints')).toMatchObject({
    status: 404,
    body: { detail: 'This deployment sends nothing: it was made by InboundWebhooks.' },
  });
  expect(await call('/v1/event-types')).toMatchObject({ status: 404 });
  expect(await call('/v1/sources/stripe/events')).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining('There is no source stripe') },
  });
});

it('a deployment that only sends answers 404 about received events, and says why', async () => {
  const call = callOf({ inbound: false, outbound: true });

  expect(await call('/v1/sources/stripe/events')).toMatchObject({
    status: 404,
    body: { detail: 'This deployment receives nothing: it was made by OutboundWebhooks.' },
  });
  expect(await call('/v1/event-types')).toMatchObject({ status: 200 });
});

it('a deployment with both parts serves every operation', () => {
  expect(operationsOf({ inbound: true, outbound: true })).toEqual(operations);
});
