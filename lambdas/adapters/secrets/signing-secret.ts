import { cachedSecret } from '../../domain/cached-secret.ts';
import type { SigningKey } from '../../domain/endpoint-secret.ts';
import { parseSecretValue } from '../../domain/provider/secret.ts';
import { later, seconds, type UnixMillis } from '../../domain/time.ts';
import type { SecretsClient } from './commands.ts';
import { secretByName } from './secrets-manager.ts';

/** The stack's signing secret holds no key. */
class SigningSecretError extends Error {
  override name = 'SigningSecretError' as const;
}

/** How long deliveries are also signed with the previous key after a new one was stored. */
const rotationOverlap = seconds(86_400);

/** The keys that deliveries are signed with, cached for this container. */
export function signingSecret(client: SecretsClient, name: string) {
  const secret = secretByName(client, name);
  const cached = cachedSecret(readKeys);

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
     * Returns the decoded keys, the current one first; within 24 h of a rotation the previous one, too.
     *
     * @throws SigningSecretError when the secret holds no key; the secret is not read again for two seconds
     */
    keys: (now: UnixMillis): Promise<readonly SigningKey[]> => cached.get(now),
  };
}

function keysIn(value: string | undefined, now: UnixMillis): SigningKey[] {
  const dated = parseSecretValue(value ?? '', 'standard-webhooks')?.keys ?? [];
  return dated
    .filter(({ notAfter }) => notAfter === undefined || now < notAfter)
    .flatMap(({ key }) => (key.kind === 'hmac' ? [{ kind: 'v1', secretKey: key.secretKey } as const] : []));
}
