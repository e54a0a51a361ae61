import type { Endpoint } from '../../domain/endpoint.ts';
import type { SigningKey } from '../../domain/endpoint-secret.ts';
import type { SealedParts } from '../../domain/endpoint-store.ts';
import type { UnixMillis } from '../../domain/time.ts';

/** What opens endpoints' secrets, and seals them and the headers anew. */
interface Sealing {
  endpointKeys(endpoint: Endpoint, now: UnixMillis): Promise<readonly SigningKey[]>;
  resealed(endpoint: Endpoint, now: UnixMillis): Promise<SealedParts | undefined>;
}

/**
 * What signs for an endpoint; secrets and headers that are sealed under an earlier master secret are sealed anew on the
 * way, so that it can be let go.
 */
export const endpointKeys =
  (master: Sealing, write: (seen: Endpoint, resealed: SealedParts) => Promise<unknown>) =>
  async (endpoint: Endpoint, now: UnixMillis): Promise<readonly SigningKey[]> => {
    const keys = await master.endpointKeys(endpoint, now);
    const resealed = await master.resealed(endpoint, now);
    if (resealed !== undefined) await write(endpoint, resealed);
    return keys;
  };
