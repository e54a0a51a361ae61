import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { bodyHash } from '../../../domain/provider/body-hash.ts';
import { inboundKeys } from '../../../domain/tables.ts';
import { later, type Seconds, toUnixSeconds, type UnixMillis } from '../../../domain/time.ts';
import { quickCalls } from '../../call-bounds.ts';
import { dynamoClient } from '../client.ts';

const client = dynamoClient(quickCalls);

/**
 * Notes tokens of a source in the table of events.
 *
 * @param rememberFor how long a token cannot come with another body
 */
export const onceOnly =
  (table: string, source: string, rememberFor: Seconds) =>
  /** @returns false when the token came before, with another fingerprint */
  async (token: string, fingerprint: string, now: UnixMillis): Promise<boolean> => {
    const expiresAt = toUnixSeconds(later(now, rememberFor));
    try {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: { id: inboundKeys.onceOnly(source, bodyHash(Buffer.from(token))), fingerprint, expiresAt },
          ConditionExpression: 'attribute_not_exists(id) OR fingerprint = :fingerprint OR expiresAt < :now',
          ExpressionAttributeValues: { ':fingerprint': fingerprint, ':now': toUnixSeconds(now) },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
