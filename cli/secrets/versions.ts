import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { unixMillis } from '../../lambdas/domain/time.ts';

/** The versions of one secret, as its owner changes them. */
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

    /** Makes the value current; what was current becomes the previous version. */
    async put(value: string): Promise<void> {
      await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: value }));
    },

    /** Takes the label off, so that no stage names the version any more and nobody reads it. */
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
