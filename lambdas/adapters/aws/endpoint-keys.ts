import type { Endpoint } from '../../domain/endpoint.ts';
import type { SealedSecret, SigningKey } from '../../domain/endpoint-secret.ts';
import type { UnixMillis } from '../../domain/time.ts';

/** What opens endpoints' secrets, and seals them anew. */
interface Sealing {
  endpointKeys(endpoint: Endpoint, now: UnixMillis): Promise<readonly SigningKey[]>;
  resealed(endpoint: Endpoint, now: UnixMillis): Promise<readonly SealedSecret[] | undefined>;
}

/**
 * What signs for an endpoint; secrets that are sealed under an earlier master secret are sealed anew on the way, so that
 * it can be let go.
 */
export const endpointKeys =
  (master: Sealing, writeSecrets: (seen: Endpoint, secrets: readonly SealedSecret[]) => Promise<unknown>) =>
  async (endpoint: Endpoint, now: UnixMillis): Promise<readonly SigningKey[]> => {
    const keys = await master.endpointKeys(endpoint, now);
    const secrets = await master.resealed(endpoint, now);
    if (secrets !== undefined) await writeSecrets(endpoint, secrets);
    return keys;
  };
