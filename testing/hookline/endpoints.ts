import type { EndpointPorts } from '../../lambdas/management/endpoint-ports.ts';
import { createEndpoint } from '../../lambdas/management/operations/endpoints.ts';
import type { RegisteredEndpoint, TestEndpoint } from './types.ts';

/** Registers an endpoint, as the management API does. @throws Problem naming the field that is wrong */
export async function registerEndpoint(
  { tenant, ...fields }: TestEndpoint,
  ports: EndpointPorts,
): Promise<RegisteredEndpoint> {
  const request = {
    method: 'POST',
    path: '',
    query: {},
    body: JSON.stringify({ eventTypes: ['*'], ...fields }),
  };
  const { body } = await createEndpoint.run({ tenant }, request, ports);
  const { endpoint, secret } = body as Created;
  return { tenant, id: endpoint.id, url: endpoint.url, secret: secret.secret };
}

interface Created {
  readonly endpoint: { readonly id: string; readonly url: string };
  readonly secret: { readonly secret: string };
}
