import { unixMillis } from '../../domain/time.ts';
import { isAwsError } from '../aws/errors.ts';
import { GetSecretValueCommand, type SecretsClient } from './commands.ts';

/** One secret by name, read by stage. */
export function secretByName(client: SecretsClient, name: string) {
  return {
    /** @returns undefined when the secret does not exist, or has no version in that stage */
    async readSecret(stage: 'AWSCURRENT' | 'AWSPREVIOUS') {
      try {
        const { SecretString, CreatedDate } = await client.send(
          new GetSecretValueCommand({ SecretId: name, VersionStage: stage }),
        );
        return { value: SecretString ?? '', createdAt: unixMillis(CreatedDate?.getTime() ?? 0) };
      } catch (error) {
        if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
        throw error;
      }
    },
  };
}
