import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { unixMillis } from '../../lambdas/domain/time.ts';

/** Reads and changes the versions of one secret. */
export function secretVersions(client: SecretsManagerClient, arn: string) {
  async function read(stage: 'AWSCURRENT' | 'AWSPREVIOUS') {
    try {
      const version = await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: stage }));
      const createdAt = unixMillis(version.CreatedDate?.getTime() ?? 0);
      return { value: version.SecretString ?? '', createdAt, id: version.VersionId };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  return {
    current: () => read('AWSCURRENT'),
    previous: () => read('AWSPREVIOUS'),

    /** Stores a value as the current version; the current one becomes the previous version. */
    async put(value: string): Promise<void> {
      await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: value }));
    },

    /** Removes the label AWSPREVIOUS from a version, so that it is not read any more. */
    async revoke(id: string): Promise<void> {
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: arn,
          VersionStage: 'AWSPREVIOUS',
          RemoveFromVersionId: id,
        }),
      );
    },
  };
}
