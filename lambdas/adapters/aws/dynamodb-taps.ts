import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { type Tap, tapExpiry, tapKey } from '../../domain/tap.ts';
import { type UnixMillis, unixMillis } from '../../domain/time.ts';
import { unlessRefused } from './unless-refused.ts';

const TapItem = v.object({ queueUrl: v.string(), until: v.pipe(v.number(), v.transform(unixMillis)) });

/** The taps of sources, in the InboundEvents table. */
export function dynamodbTaps(client: DynamoDBDocumentClient, table: string) {
  return {
    async readTap(source: string): Promise<Tap | undefined> {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: { id: tapKey(source) } }));
      return Item && v.parse(TapItem, Item);
    },

    /** @returns false when somebody else listens */
    openTap: (source: string, tap: Tap, now: UnixMillis): Promise<boolean> =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: { id: tapKey(source), ...tap, expiresAt: tapExpiry(tap) },
            ConditionExpression: 'attribute_not_exists(#id) OR #until <= :now OR #queueUrl = :mine',
            ExpressionAttributeNames: { '#id': 'id', '#until': 'until', '#queueUrl': 'queueUrl' },
            ExpressionAttributeValues: { ':now': now, ':mine': tap.queueUrl },
          }),
        ),
      ),

    /** Ends one's own. */
    closeTap: (source: string, queueUrl: string): Promise<boolean> =>
      unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: { id: tapKey(source) },
            ConditionExpression: '#queueUrl = :mine',
            ExpressionAttributeNames: { '#queueUrl': 'queueUrl' },
            ExpressionAttributeValues: { ':mine': queueUrl },
          }),
        ),
      ),
  };
}
