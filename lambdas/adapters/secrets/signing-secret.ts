import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { briefly } from '../../domain/cache-for.ts';
import type { SigningKey } from '../../domain/endpoint-secret.ts';
import { parseSecretValue } from '../../domain/provider/secret.ts';
import { later, seconds, type UnixMillis } from '../../domain/time.ts';
import { secretByName } from './secrets-manager.ts';

/** The stack's signing secret holds no key. */
class SigningSecretError extends Error {
  override name = 'SigningSecretError' as const;
}

const cacheFor = seconds(300);
const readAtMostEvery = seconds(2);
/** Receivers go on with the old key for this long after a new one was stored. */
const rotationOverlap = seconds(86_400);

/** The keys that deliveries are signed with, cached for this container. */
export function signingSecret(client: SecretsManagerClient, name: string) {
  const secret = secretByName(client, name);
  let known: { readonly until: UnixMillis; readonly keys: readonly SigningKey[] } | undefined;
  // A secret that is missing or cannot be read is asked for so often at most, however many deliveries wait.
  const reading = briefly(readAtMostEvery, readKeys);

  async function readKeys(now: UnixMillis): Promise<readonly SigningKey[]> {
    const current = await secret.readSecret('AWSCURRENT');
    const keys = keysIn(current?.value, now);
    if (current === undefined || keys.length === 0) {
      throw new SigningSecretError(`secret ${name} holds no key; store whsec_ and 32 random bytes in base64`);
    }
    if (now >= later(current.createdAt, rotationOverlap)) return keys;
    const previous = await secret.readSecret('AWSPREVIOUS');
    return [...keys, ...keysIn(previous?.value, now)];
  }

  return {
    /**
     * @returns decoded keys, the current one first; within 24 h of a rotation the previous one, too
     * @throws SigningSecretError when no secret is set; it is not read again for two seconds
     */
    async keys(now: UnixMillis): Promise<readonly SigningKey[]> {
      if (known === undefined || now >= known.until) {
        known = { keys: await reading.get(now), until: later(now, cacheFor) };
      }
      return known.keys;
    },
  };
}

function keysIn(value: string | undefined, now: UnixMillis): SigningKey[] {
  const dated = parseSecretValue(value ?? '', 'standard-webhooks')?.keys ?? [];
  return dated
    .filter(({ notAfter }) => notAfter === undefined || now < notAfter)
    .flatMap(({ key }) => (key.kind === 'hmac' ? [{ kind: 'v1', bytes: key.bytes } as const] : []));
}
