import { cachedSecret } from '../../domain/cached-secret.ts';
import { type MasterKey, masterKey } from '../../domain/sealed-text.ts';
import { slipIn } from '../../domain/signature/mistaken-secret.ts';
import { seconds, type UnixMillis } from '../../domain/time.ts';
import type { SecretsClient } from './commands.ts';
import { secretByName } from './secrets-manager.ts';

/** An endpoint's secret cannot be opened, because its master secret is gone or the item was tampered with. */
export class SealedSecretError extends Error {
  override name = 'SealedSecretError' as const;
}

/** An unknown key causes at most one read in this time. */
const unknownKeyReadEvery = seconds(10);

type Keys = readonly [MasterKey, ...MasterKey[]];

/** The master keys from Secrets Manager, the current and the previous one, cached for this container. */
export function masterKeys(client: SecretsClient, name: string) {
  const secret = secretByName(client, name);
  const cached = cachedSecret(read);

  async function read(): Promise<Keys> {
    const [current, previous] = [
      await secret.readSecret('AWSCURRENT'),
      await secret.readSecret('AWSPREVIOUS'),
    ];
    if (!current || slipIn(current.value) !== undefined)
      throw new SealedSecretError(
        `the master secret ${name} has no value, or a placeholder; store 32 random bytes in hex`,
      );
    const earlier = previous && slipIn(previous.value) === undefined ? [masterKey(previous.value)] : [];
    return [masterKey(current.value), ...earlier];
  }

  return {
    /** Returns the key that seals. @throws SealedSecretError when the master secret has no value */
    current: async (now: UnixMillis): Promise<MasterKey> => (await cached.get(now))[0],

    /**
     * Returns the key with this name, to open what it sealed.
     *
     * @throws SealedSecretError when it is neither the current nor the previous key
     */
    async named(keyName: string, now: UnixMillis): Promise<MasterKey> {
      const find = (keys: readonly MasterKey[]) => keys.find((key) => key.name === keyName);
      const found = find(await cached.get(now)) ?? find(await cached.get(now, unknownKeyReadEvery));
      if (found !== undefined) return found;
      throw new SealedSecretError(
        `a secret is sealed under master key ${keyName}, which is neither the current nor the previous value of ${name}; rotate the endpoint's secret`,
      );
    },
  };
}
