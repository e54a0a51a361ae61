import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { LocalAws } from '../emulator.ts';
import { readSecret } from '../secrets.ts';

/** An item of any table. */
export type Item = Readonly<Record<string, unknown>>;

/** What the demo reads, through the AWS SDK as any user would. */
export function stageOn(aws: LocalAws) {
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientConfig));
  const queues = new SQSClient(aws.clientConfig);
  const secrets = new SecretsManagerClient(aws.clientConfig);
  return {
    outputs: aws.outputs,
    topic: new SNSClient(aws.clientConfig),
    secret: async (arn: string): Promise<string> => (await readSecret(secrets, arn)) ?? '',

    async item(table: string, id: string): Promise<Item | undefined> {
      const { Item } = await tables.send(
        new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
      );
      return Item;
    },

    items: async (table: string): Promise<readonly Item[]> =>
      (await tables.send(new ScanCommand({ TableName: table, ConsistentRead: true }))).Items ?? [],

    /** Whether the queue has neither waiting messages nor messages in flight. */
    async isEmpty(queueUrl: string): Promise<boolean> {
      const { Attributes } = await queues.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
      );
      const counts = [
        Attributes?.ApproximateNumberOfMessages,
        Attributes?.ApproximateNumberOfMessagesNotVisible,
        Attributes?.ApproximateNumberOfMessagesDelayed,
      ];
      return counts.every((count) => Number(count) === 0);
    },
  };
}
export type Stage = ReturnType<typeof stageOn>;
