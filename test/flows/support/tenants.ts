import { deliveryIdOf } from '../../support/fixtures/ids.ts';
import { eventually } from './eventually.ts';
import type { LocalStack } from './local-stack.ts';
import { management } from './management.ts';
import { publisher } from './publisher.ts';

export const newId = (prefix = 'e'): string => `${prefix}-${crypto.randomUUID()}`;

/** What is done for tenants and their endpoints, through the management API and the publish queue. */
export function tenantsOf(stack: LocalStack) {
  const call = management(stack);
  const app = publisher(stack);
  const pathOf = (tenant: string, id = '') => `/v1/tenants/${tenant}/endpoints${id && `/${id}`}`;
  const create = (tenant: string, id: string, url: string, more: object = {}) =>
    call('POST', pathOf(tenant), { id, url, eventTypes: ['*'], ...more });
  const publish = (tenant: string, id: string) =>
    app.send(JSON.stringify({ id, type: 'invoice.paid', tenant, data: { amount: 5 } }));
  const until = (tenant: string, eventId: string, endpointId: string, status: string) =>
    eventually(`the delivery of ${eventId} to be ${status}`, async () => {
      const delivery = await stack.delivery(deliveryIdOf(tenant, eventId, endpointId));
      return delivery?.['status'] === status && delivery;
    });

  return { call, pathOf, create, publish, until };
}
