import * as v from 'valibot';
import type { Claim, EventRecord, KeptKeys, KeptPlace, Outcome } from '../../../domain/idempotency.ts';
import type { InboundEventStore } from '../../../domain/inbound-event-store.ts';
import { Instant } from '../../../domain/instant-fields.ts';
import { keptIndex } from '../../../domain/tables.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, GetCommand, QueryCommand } from '../commands.ts';
import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { parseEventItem } from './item.ts';
import { eventUpdates } from './updates.ts';

const Place = v.object({ id: v.string(), keptAt: Instant });

/** The records of inbound events in the InboundEvents table. */
export function dynamodbInboundEvents(client: DynamodbClient, table: string) {
  /** @returns the record that refused the write, else undefined */
  async function write(update: ConditionalUpdate): Promise<EventRecord | undefined> {
    const written = await updateIf(client, table, update);
    return written.ok ? undefined : parseEventItem(written.item);
  }

  return {
    claim: (claim: Claim) => write(eventUpdates.claim(claim)),

    reclaim: (seen: EventRecord, claim: Claim) => write(eventUpdates.reclaim(seen, claim)),

    async finish(claim: Claim, outcome: Outcome, now: UnixMillis): Promise<boolean> {
      const record = await write(eventUpdates.finish(claim, outcome, now));
      return record === undefined || isAlreadyWritten(record, claim, outcome);
    },

    async readRecord(id: string): Promise<EventRecord | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
      );
      return Item && parseEventItem(Item);
    },

    async listKept(keptDay: string, limit: number, after?: KeptPlace): Promise<KeptKeys> {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: keptIndex.name,
          KeyConditionExpression: '#day = :day',
          ExpressionAttributeNames: { '#day': keptIndex.partitionKey },
          ExpressionAttributeValues: { ':day': keptDay },
          Limit: limit,
          ...(after && { ExclusiveStartKey: { ...after, keptDay } }),
        }),
      );
      const next = LastEvaluatedKey && v.parse(Place, LastEvaluatedKey);
      return { ids: Items.map((item) => v.parse(Place, item).id), next };
    },
  } satisfies InboundEventStore;
}

/** Whether the SDK repeated our own write because its response was lost. */
const isAlreadyWritten = (record: EventRecord, claim: Claim, outcome: Outcome): boolean =>
  record.status === outcome.kind && record.owner === claim.owner && record.attempts === claim.attempts;
