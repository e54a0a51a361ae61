import type { Endpoint } from '../../domain/endpoint.ts';
import type { SigningKey } from '../../domain/endpoint-secret.ts';
import type { SealedParts } from '../../domain/endpoint-store.ts';
import type { UnixMillis } from '../../domain/time.ts';

/** Opens endpoints' secrets, and reseals them and the headers. */
interface Sealing {
  endpointKeys(endpoint: Endpoint, now: UnixMillis): Promise<readonly SigningKey[]>;
  resealed(endpoint: Endpoint, now: UnixMillis): Promise<SealedParts | undefined>;
}

/**
 * Returns an endpoint's signing keys. Reseals secrets and headers that an earlier master secret sealed, so that the earlier
 * one can be deleted.
 */
export const endpointKeys =
  (master: Sealing, write: (seen: Endpoint, resealed: SealedParts) => Promise<unknown>) =>
  async (endpoint: Endpoint, now: UnixMillis): Promise<readonly SigningKey[]> => {
    const keys = await master.endpointKeys(endpoint, now);
    const resealed = await master.resealed(endpoint, now);
    if (resealed !== undefined) await write(endpoint, resealed);
    return keys;
  };
