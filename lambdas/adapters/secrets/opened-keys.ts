import type { Endpoint } from '../../domain/endpoint.ts';
import type { SealedSecret, SigningKey } from '../../domain/endpoint-secret.ts';
import type { MasterKey } from '../../domain/sealed-text.ts';

type OpenKey = (sealed: SealedSecret, owner: Endpoint, master: MasterKey) => SigningKey;

/** The most keys in memory. An endpoint has one, and a few while a rotation lasts. */
const most = 1000;

/**
 * Keeps the keys that were opened last, because opening a secret and making a `KeyObject` costs several times an HMAC.
 *
 * A rotated or resealed secret has another sealed text. The endpoint is part of the name, since a secret that was moved to
 * another endpoint must not be opened there.
 */
export function openedKeys(open: OpenKey): OpenKey {
  const known = new Map<string, SigningKey>();
  return (sealed, owner, master) => {
    const name = JSON.stringify([owner.tenant, owner.id, sealed.sealedBy, sealed.sealed]);
    const key = known.get(name) ?? open(sealed, owner, master);
    known.set(name, key);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return key;
  };
}
