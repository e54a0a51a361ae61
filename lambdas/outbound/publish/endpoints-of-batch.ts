import type { Endpoint } from '../../domain/endpoint.ts';
import type { EndpointStore } from '../../domain/endpoint-store.ts';
import type { EndpointId, TenantId } from '../../domain/ids.ts';

/** Finds an endpoint that a message names. */
export type FindEndpoint = (tenant: TenantId, id: EndpointId) => Promise<Endpoint | undefined>;

/**
 * Reads each endpoint once for all messages of a batch: they were published before this call, so whatever existed then is found.
 *
 * Only for the first look. Whether a delivery that was just held must go after all is a question about later, which needs a
 * read of its own.
 */
export function endpointsOfBatch({ read }: Pick<EndpointStore, 'read'>): FindEndpoint {
  const reads = new Map<string, Promise<Endpoint | undefined>>();
  return (tenant, id) => {
    const key = JSON.stringify([tenant, id]);
    const begun = reads.get(key) ?? read(tenant, id);
    reads.set(key, begun);
    return begun;
  };
}
