import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { briefly } from '../../domain/cache-for.ts';
import { type MasterKey, masterKey } from '../../domain/sealed-text.ts';
import { slipIn } from '../../domain/signature/mistaken-secret.ts';
import { later, seconds, type UnixMillis } from '../../domain/time.ts';
import { secretByName } from './secrets-manager.ts';

/** An endpoint's secret does not open: the master secret it was sealed under is gone, or the item was tampered with. */
export class SealedSecretError extends Error {
  override name = 'SealedSecretError' as const;
}

const cacheFor = seconds(300);
/** A key that is not known is looked for so often at most. */
const tapCachedFor = seconds(10);

const readAtMostEvery = seconds(2);

type Keys = readonly [MasterKey, ...MasterKey[]];

/** The keys from the master secret, cached for this container. */
export function masterKeys(client: SecretsManagerClient, name: string) {
  const secret = secretByName(client, name);
  let known: { readonly at: UnixMillis; readonly keys: Keys } | undefined;
  // A secret that is missing or cannot be read is asked for so often at most, however many deliveries wait.
  const reading = briefly(readAtMostEvery, read);

  async function readWithin(age: number, now: UnixMillis): Promise<Keys> {
    if (known !== undefined && known.at >= later(now, seconds(-age))) return known.keys;
    known = { at: now, keys: await reading.get(now) };
    return known.keys;
  }

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
    /** What seals. @throws SealedSecretError when the master secret has no value */
    current: async (now: UnixMillis): Promise<MasterKey> => (await readWithin(cacheFor, now))[0],

    /** What opens. @throws SealedSecretError when it is neither the current nor the previous one */
    async named(keyName: string, now: UnixMillis): Promise<MasterKey> {
      const find = (keys: readonly MasterKey[]) => keys.find((key) => key.name === keyName);
      const found = find(await readWithin(cacheFor, now)) ?? find(await readWithin(tapCachedFor, now));
      if (found !== undefined) return found;
      throw new SealedSecretError(
        `a secret is sealed under master key ${keyName}, which is neither the current nor the previous value of ${name}; rotate the endpoint's secret`,
      );
    },
  };
}
