import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Endpoint } from '../../domain/endpoint.ts';
import {
  liveSecrets,
  parseSecret,
  type SealedSecret,
  type SigningKey,
  seal,
  unseal,
} from '../../domain/endpoint-secret.ts';

import type { SealedParts } from '../../domain/endpoint-store.ts';
import type { UnixMillis } from '../../domain/time.ts';
import { masterKeys, SealedSecretError } from './master-keys.ts';
import { sealedHeaders } from './sealed-headers.ts';

/** Seals endpoints' secrets and headers under the master secret. Opens them with the current or the previous one. */
export function masterSecret(client: SecretsManagerClient, name: string) {
  const keys = masterKeys(client, name);
  const headersOf = sealedHeaders(keys);

  /** Opens one secret. @throws SealedSecretError */
  async function open(sealed: SealedSecret, owner: Endpoint, now: UnixMillis): Promise<string> {
    const key = await keys.named(sealed.sealedBy, now);
    try {
      return unseal(sealed, key, owner);
    } catch (cause) {
      throw new SealedSecretError(`a secret of endpoint ${owner.id} cannot be opened`, { cause });
    }
  }

  return {
    open,
    sealHeaders: headersOf.seal,
    /** Opens the custom headers of an endpoint's requests. @throws SealedSecretError */
    endpointHeaders: headersOf.open,

    /** Seals under the current master secret. */
    seal: async (
      text: string,
      owner: Pick<Endpoint, 'tenant' | 'id'>,
      now: UnixMillis,
    ): Promise<SealedSecret> => seal(text, await keys.current(now), owner, now),

    /** Returns the secrets that can be opened, without those whose master secret is gone. @throws the error of a read */
    async readable(endpoint: Endpoint, now: UnixMillis): Promise<readonly SealedSecret[]> {
      const areReadable = await Promise.all(
        endpoint.secrets.map((sealed) => isReadable(open(sealed, endpoint, now))),
      );
      return endpoint.secrets.filter((_, index) => areReadable[index]);
    },

    /** Reseals what is sealed under an earlier master secret, or not at all. @returns undefined when nothing is */
    async resealed(endpoint: Endpoint, now: UnixMillis): Promise<SealedParts | undefined> {
      const key = await keys.current(now);
      const live = liveSecrets(endpoint.secrets, now);
      const areSecretsNew = live.every(({ sealedBy }) => sealedBy === key.name);
      const headers = await headersOf.resealed(endpoint, key, now);
      if (areSecretsNew && headers === undefined) return undefined;
      const texts = await Promise.all(live.map((sealed) => open(sealed, endpoint, now)));
      const secrets = live.map((secret, index) => {
        const { sealed, sealedBy } = seal(texts[index] ?? '', key, endpoint, secret.createdAt);
        return { ...secret, sealed, sealedBy };
      });
      return { secrets, headers: headers ?? endpoint.headers };
    },

    /** Returns the keys that sign for an endpoint now, the current one first. @throws SealedSecretError */
    endpointKeys: (endpoint: Endpoint, now: UnixMillis): Promise<readonly SigningKey[]> =>
      Promise.all(
        liveSecrets(endpoint.secrets, now).map(async (sealed) => {
          const key = parseSecret(await open(sealed, endpoint, now));
          if (key === undefined)
            throw new SealedSecretError(`a secret of endpoint ${endpoint.id} is not a signing secret`);
          return key;
        }),
      ),
  };
}

/** @throws an error that is not about the secret itself */
async function isReadable(opening: Promise<string>): Promise<boolean> {
  try {
    await opening;
    return true;
  } catch (error) {
    if (error instanceof SealedSecretError) return false;
    throw error;
  }
}
