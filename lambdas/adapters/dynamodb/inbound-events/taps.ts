import * as v from 'valibot';
import { Instant } from '../../../domain/instant-fields.ts';
import { inboundKeys } from '../../../domain/tables.ts';
import { type Tap, type TapStore, tapExpiry } from '../../../domain/tap.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { DeleteCommand, type DynamodbClient, GetCommand, PutCommand } from '../commands.ts';
import { itemParser } from '../parse-item.ts';
import { unlessRefused } from '../unless-refused.ts';

const TapItem = v.object({ queueName: v.string(), until: Instant });
const parseTap = itemParser('tap', 'InboundEvents', TapItem);

/** The taps in the InboundEvents table. */
export function dynamodbTaps(client: DynamodbClient, table: string) {
  return {
    async read(source: string): Promise<Tap | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { id: inboundKeys.tap(source) } }),
      );
      return Item && parseTap(Item);
    },

    open: (source: string, tap: Tap, now: UnixMillis): Promise<boolean> =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: { id: inboundKeys.tap(source), ...tap, expiresAt: tapExpiry(tap) },
            ConditionExpression: 'attribute_not_exists(#id) OR #until <= :now OR #queueName = :mine',
            ExpressionAttributeNames: { '#id': 'id', '#until': 'until', '#queueName': 'queueName' },
            ExpressionAttributeValues: { ':now': now, ':mine': tap.queueName },
          }),
        ),
      ),

    close: (source: string, queueName: string): Promise<boolean> =>
      unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: { id: inboundKeys.tap(source) },
            ConditionExpression: '#queueName = :mine',
            ExpressionAttributeNames: { '#queueName': 'queueName' },
            ExpressionAttributeValues: { ':mine': queueName },
          }),
        ),
      ),
  } satisfies TapStore;
}
