import { type EndpointPorts, endpointFor } from '../endpoint-ports.ts';
import { operation } from '../operation.ts';
import { type PublishPorts, publishTo } from '../publish-to.ts';
import { PublishBody, PublishedView, TenantParams } from '../schemas.ts';

export const publishEvent = operation(
  {
    ...{ id: 'publishEvent', method: 'POST', path: '/v1/tenants/{tenant}/events', tag: 'Events' },
    summary:
      'Publishes an event to the tenant, or to one of its endpoints; the same id again sends what is missing',
    params: TenantParams,
    body: PublishBody,
    exactField: 'data',
    answers: { 202: { description: 'Accepted: it is on the publish queue', schema: PublishedView } },
  },
  async ({ params: { tenant }, body }, ports: PublishPorts & EndpointPorts) => {
    const { id = ports.newId('evt'), type, data, endpointId } = body;
    // Else only the publish DLQ would tell.
    if (endpointId !== undefined) await endpointFor({ tenant, endpointId }, undefined, ports);
    const endpoint = endpointId === undefined ? {} : { endpoint: { id: endpointId } };
    return publishTo({ id, type, data, tenant, ...endpoint }, ports);
  },
);
