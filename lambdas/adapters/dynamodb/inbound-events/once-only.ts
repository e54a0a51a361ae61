import { bodyHash } from '../../../domain/provider/body-hash.ts';
import { inboundKeys } from '../../../domain/tables.ts';
import { later, type Seconds, toUnixSeconds, type UnixMillis } from '../../../domain/time.ts';
import { quickCalls } from '../../call-bounds.ts';
import { dynamoClient } from '../client.ts';
import { type DynamodbClient, PutCommand } from '../commands.ts';
import { unlessRefused } from '../unless-refused.ts';

/**
 * Remembers the tokens of a source in the InboundEvents table, so that a token is accepted with one body only.
 *
 * TTL deletes items days late, so the condition compares `expiresAt`. A token whose item has expired is new again.
 *
 * @param rememberFor how long a token is refused with a different body
 */
export const onceOnly =
  (client: DynamodbClient, table: string, source: string, rememberFor: Seconds) =>
  /** @returns false when the token was used before with another fingerprint */
  (token: string, fingerprint: string, now: UnixMillis): Promise<boolean> =>
    unlessRefused(
      client.send(
        new PutCommand({
          TableName: table,
          Item: {
            id: inboundKeys.onceOnly(source, bodyHash(Buffer.from(token))),
            fingerprint,
            expiresAt: toUnixSeconds(later(now, rememberFor)),
          },
          ConditionExpression: 'attribute_not_exists(id) OR fingerprint = :fingerprint OR expiresAt < :now',
          ExpressionAttributeValues: { ':fingerprint': fingerprint, ':now': toUnixSeconds(now) },
        }),
      ),
    );

/** The same with a client of its own, which only the receivers of a few providers need. */
export const tokensOf = (table: string, source: string, rememberFor: Seconds) =>
  onceOnly(dynamoClient(quickCalls), table, source, rememberFor);
