import { createHash } from 'node:crypto';
import { briefly } from '../../domain/cache-for.ts';
import { awaits, type HandshakeSecretStore } from '../../domain/provider/awaited-secret.ts';
import type { SecretFormat } from '../../domain/signature/key.ts';
import { type Seconds, seconds, type UnixMillis, unixMillis } from '../../domain/time.ts';
import { isAwsError } from '../aws/errors.ts';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsClient,
} from './commands.ts';

/** Any caller may send a handshake, so the state is read at most once in this time. */
const askAtMostEvery = seconds(2);

/**
 * The secret of a source whose provider sends it in a handshake.
 *
 * @param format of the provider's secrets
 * @param window how long after the deploy the source accepts it
 */
export function handshakeSecret(
  client: SecretsClient,
  name: string,
  format: SecretFormat,
  window: Seconds,
): HandshakeSecretStore {
  const state = briefly(askAtMostEvery, async () => latest(client, name));
  return {
    async isAwaited(now) {
      return awaits(await state.get(now), format, window, now);
    },
    async store(secret, now) {
      const found = await latest(client, name);
      // A person may have stored a secret since `isAwaited`.
      if (!awaits(found, format, window, now)) return false;
      const { versionId, createdAt } = found;
      // The same token for all handshakes that find this version, so that Secrets Manager accepts one of them.
      const token = createHash('sha256').update(`${name} after ${versionId} of ${createdAt}`).digest('hex');
      try {
        const put = { SecretId: name, SecretString: secret, ClientRequestToken: token };
        await client.send(new PutSecretValueCommand(put));
        return true;
      } catch (error) {
        if (isAwsError(error, 'ResourceExistsException')) return false;
        throw error;
      }
    },
  };
}

interface Latest {
  readonly value?: string;
  readonly versionId?: string;
  readonly createdAt: UnixMillis;
}

async function latest(client: SecretsClient, name: string): Promise<Latest> {
  try {
    const found = await client.send(new GetSecretValueCommand({ SecretId: name }));
    return { value: found.SecretString, versionId: found.VersionId, createdAt: instant(found.CreatedDate) };
  } catch (error) {
    if (!isAwsError(error, 'ResourceNotFoundException')) throw error;
    const { CreatedDate } = await client.send(new DescribeSecretCommand({ SecretId: name }));
    return { createdAt: instant(CreatedDate) };
  }
}

const instant = (date: Date | undefined): UnixMillis => unixMillis(date?.getTime() ?? 0);
