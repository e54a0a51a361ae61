import type { Claim, EventRecord, Outcome } from '../../../domain/idempotency.ts';
import type { InboundEventStore } from '../../../domain/inbound-event-store.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, GetCommand } from '../commands.ts';
import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { parseEventItem } from './item.ts';
import { dynamodbKept } from './kept.ts';
import { eventUpdates } from './updates.ts';

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

    ...dynamodbKept(client, table),
  } satisfies InboundEventStore;
}

/** Whether the SDK repeated our own write because its response was lost. */
const isAlreadyWritten = (record: EventRecord, claim: Claim, outcome: Outcome): boolean =>
  record.status === outcome.kind && record.owner === claim.owner && record.attempts === claim.attempts;
