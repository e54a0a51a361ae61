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
import type { MasterKey } from '../../domain/sealed-text.ts';
import type { UnixMillis } from '../../domain/time.ts';
import type { SecretsClient } from './commands.ts';
import { masterKeys, SealedSecretError } from './master-keys.ts';
import { openedKeys } from './opened-keys.ts';
import { sealedHeaders } from './sealed-headers.ts';

/** Seals endpoints' secrets and headers under the master secret. Opens them with the current or the previous one. */
export function masterSecret(client: SecretsClient, name: string) {
  const keys = masterKeys(client, name);
  const headersOf = sealedHeaders(keys);
  const keyOf = openedKeys(signingKey);

  /** Opens one secret. @throws SealedSecretError */
  async function open(sealed: SealedSecret, owner: Endpoint, now: UnixMillis): Promise<string> {
    return openWith(await keys.named(sealed.sealedBy, now), sealed, owner);
  }

  /** Opens the key in a secret, or returns it as it was opened before. @throws SealedSecretError */
  async function openKey(sealed: SealedSecret, owner: Endpoint, now: UnixMillis): Promise<SigningKey> {
    // The master key is looked up even for a known key: what it sealed must not sign after it is gone.
    const master = await keys.named(sealed.sealedBy, now);
    return keyOf(sealed, owner, master);
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
      Promise.all(liveSecrets(endpoint.secrets, now).map((sealed) => openKey(sealed, endpoint, now))),
  };
}

/** @throws SealedSecretError */
function openWith(master: MasterKey, sealed: SealedSecret, owner: Endpoint): string {
  try {
    return unseal(sealed, master, owner);
  } catch (cause) {
    throw new SealedSecretError(`a secret of endpoint ${owner.id} cannot be opened`, { cause });
  }
}

/** @throws SealedSecretError */
function signingKey(sealed: SealedSecret, owner: Endpoint, master: MasterKey): SigningKey {
  const key = parseSecret(openWith(master, sealed, owner));
  if (key !== undefined) return key;
  throw new SealedSecretError(`a secret of endpoint ${owner.id} is not a signing secret`);
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
