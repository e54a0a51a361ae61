import type { OutboundSettings } from '../../lambdas/domain/outbound-settings.ts';
import type { EndpointPorts } from '../../lambdas/management/endpoint-ports.ts';
import { createEndpoint } from '../../lambdas/management/operations/endpoints.ts';

/** An endpoint of a tenant, with the fields that the management API takes: `docs/endpoints.md`. */
export interface TestEndpoint {
  readonly tenant: string;
  readonly url: string;
  /** E.g. `invoice.paid`, `invoice.*`, `*`. @default every type */
  readonly eventTypes?: readonly string[];
  readonly id?: string;
  /** `whsec_…` or `whsk_…`. @default a new one, as `hookline.endpoints` shows it */
  readonly secret?: string;
  /** Further fields, e.g. `filter`, `headers`, `maxPerSecond`. */
  readonly [field: string]: unknown;
}

/** A registered endpoint. */
export interface RegisteredEndpoint {
  readonly tenant: string;
  readonly id: string;
  readonly url: string;
  /** Verifies its requests, with Standard Webhooks. */
  readonly secret: string;
}

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

/** The rules for endpoints that only need settings. */
export const endpointRules = (settings: OutboundSettings) => ({
  hasTime: () => true,
  rules: settings,
  checkHostname: async () => undefined,
  maxTimeoutSeconds: settings.attemptTimeout / 1000,
  maxConcurrent: settings.maxConcurrent,
  retention: settings.deliveryRetention,
});
