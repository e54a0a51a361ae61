import * as v from 'valibot';
import { type EventRecord, eventStatuses } from '../../../domain/idempotency.ts';
import { unixMillis } from '../../../domain/time.ts';

const Millis = v.pipe(v.number(), v.transform(unixMillis));

/** An item of the InboundEvents table. `expiresAt`, the table's TTL, is in seconds; every other instant in milliseconds. */
const EventItem = v.object({
  id: v.string(),
  status: v.picklist(eventStatuses),
  owner: v.string(),
  attempts: v.number(),
  leaseUntil: v.optional(Millis),
  dueAt: v.optional(Millis),
  sentBack: v.optional(v.boolean()),
  eventType: v.string(),
  receivedAt: Millis,
  processedAt: v.optional(Millis),
  lastError: v.optional(v.string()),
  endedMessageId: v.optional(v.string()),
  keptBody: v.optional(v.string()),
  keptMessage: v.optional(v.string()),
  keptAt: v.optional(Millis),
});

/** @throws ValiError when the item does not have this shape */
export const parseEventItem = (item: unknown): EventRecord => v.parse(EventItem, item);
