import * as v from 'valibot';
import { type EventRecord, eventStatuses } from '../../../domain/idempotency.ts';
import { Count, Instant } from '../../../domain/instant-fields.ts';
import { itemParser } from '../parse-item.ts';

/** An item of the InboundEvents table. `expiresAt`, the table's TTL, is in seconds; every other instant in milliseconds. */
const EventItem = v.object({
  id: v.string(),
  status: v.picklist(eventStatuses),
  owner: v.string(),
  attempts: Count,
  leaseUntil: v.optional(Instant),
  dueAt: v.optional(Instant),
  sentBack: v.optional(v.boolean()),
  eventType: v.string(),
  receivedAt: Instant,
  processedAt: v.optional(Instant),
  lastError: v.optional(v.string()),
  endedMessageId: v.optional(v.string()),
  keptBody: v.optional(v.string()),
  /** A binary is a compressed text. */
  keptMessage: v.optional(v.union([v.string(), v.instance(Uint8Array)])),
  keptAt: v.optional(Instant),
});

/** @throws MalformedItemError */
export const parseEventItem: (item: unknown) => EventRecord = itemParser('event', 'InboundEvents', EventItem);
