import type { Endpoint } from '../domain/endpoint.ts';
import type { EndpointId, TenantId } from '../domain/ids.ts';
import type { ReleasePorts } from '../outbound/sweep/release-held.ts';
import type { ManagementPorts } from './ports.ts';
import { Problem } from './problem.ts';

export type EndpointPorts = ReleasePorts &
  Pick<
    ManagementPorts,
    | 'hasTime'
    | 'newId'
    | 'rules'
    | 'checkHostname'
    | 'maxTimeoutSeconds'
    | 'maxConcurrent'
    | 'retention'
    | 'secrets'
  >;

/**
 * Reads the endpoint of a request.
 *
 * @param version the version that the caller has seen; undefined accepts any
 * @throws Problem when there is no such endpoint, or it has another version
 */
export async function endpointFor(
  { tenant, endpointId }: { readonly tenant: TenantId; readonly endpointId: EndpointId },
  version: number | undefined,
  { endpoints }: EndpointPorts,
): Promise<Endpoint> {
  const endpoint = await endpoints.read(tenant, endpointId);
  if (endpoint === undefined) throw new Problem('not-found', `${tenant} has no endpoint ${endpointId}.`);
  if (version !== undefined && version !== endpoint.version) throw changed(endpoint);
  return endpoint;
}

/** The endpoint after a conditional write. @throws Problem when another request has changed it since it was read */
export function written(endpoint: Endpoint | undefined, seen: Endpoint): Endpoint {
  if (endpoint === undefined) throw changed(seen);
  return endpoint;
}

export const changed = ({ id, version }: Endpoint): Problem =>
  new Problem(
    'changed-meanwhile',
    `${id} has changed since you read it (its version is ${version} or later): GET it again, then repeat your change.`,
  );
