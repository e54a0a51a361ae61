import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, paginateListSecrets } from '@aws-sdk/client-secrets-manager';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { clientConfig } from '../../../local/endpoint.ts';
import { functionLogs } from '../../../local/function-logs.ts';
import type { LocalStack } from '../../flows/support/local-stack.ts';

/** Everything that a deployed stack has written down, as text. */
export function recordsOf(stack: LocalStack) {
  const endpoint = { url: stack.outputs.awsEndpoint, caFile: stack.outputs.caFile };
  const s3 = new S3Client({ ...clientConfig(endpoint), forcePathStyle: true });
  const Bucket = stack.outputs.payloadBucket;

  return {
    /** What its functions logged, EMF metrics among it. */
    logLines: async (): Promise<string[]> => (await functionLogs(endpoint).read(0)).map(({ text }) => text),

    /** The items of a table, each as JSON. */
    async items(table: keyof LocalStack['outputs']['tables']): Promise<string[]> {
      const found: string[] = [];
      const input = { TableName: stack.outputs.tables[table] };
      for await (const { Items = [] } of paginateScan({ client: stack.dynamodb }, input))
        found.push(...Items.map((item) => JSON.stringify(item)));
      return found;
    },

    /** The records of refused requests. */
    async refusals(): Promise<string[]> {
      const found: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
        for (const { Key } of Contents.filter((object) => object.Key?.includes('/refused/'))) {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
          found.push((await Body?.transformToString()) ?? '');
        }
      }
      return found;
    },

    /** From now on the messages to the operators can be read from the queue of this URL. */
    async operatorsQueue(): Promise<string> {
      const { QueueUrl = '' } = await stack.sqs.send(
        new CreateQueueCommand({ QueueName: 'Audit-operators' }),
      );
      const { Attributes } = await stack.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      const TopicArn = stack.outputs.outbound.operationsTopicArn;
      const Statement = {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: Attributes?.['QueueArn'],
      };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
      await stack.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
      await stack.sns.send(
        new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: Attributes?.['QueueArn'] }),
      );
      return QueueUrl;
    },

    /** All values in Secrets Manager, those of every flow test among them. */
    async secretValues(): Promise<string[]> {
      const found: string[] = [];
      for await (const { SecretList = [] } of paginateListSecrets({ client: stack.secrets }, {})) {
        for (const { ARN } of SecretList) {
          const { SecretString = '' } = await stack.secrets.send(
            new GetSecretValueCommand({ SecretId: ARN }),
          );
          found.push(...textsOf(SecretString));
        }
      }
      return found;
    },
  };
}

/** A secret's value is a text, or JSON with the secrets in it: strings of 16 characters or more. */
function textsOf(value: string): string[] {
  const quoted = [...value.matchAll(/"([^"]{16,})"/g)].map(([, text = '']) => text);
  return [value, ...quoted].filter((text) => text.length >= 16);
}
