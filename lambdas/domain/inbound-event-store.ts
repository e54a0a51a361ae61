import type { Claim, EventRecord, KeptKeys, KeptPlace, Outcome } from './idempotency.ts';
import type { KeptList } from './kept-events.ts';
import type { UnixMillis } from './time.ts';

/**
 * The records of inbound events in the InboundEvents table. Each write is one conditional write of one item.
 *
 * `readRecord` is consistent. `listKept` reads an index, which is eventually consistent.
 */
export interface InboundEventStore {
  /**
   * Claims an event that is free: a new one, one past its retention, or one that failed or was ignored with another queue
   * message.
   *
   * @returns the record that refused the claim, else undefined
   */
  claim(claim: Claim): Promise<EventRecord | undefined>;
  /**
   * Claims an event again, if its record is still as it was seen and its lease, if it has one, is over.
   *
   * @returns the record that refused the claim, else undefined
   */
  reclaim(seen: EventRecord, claim: Claim): Promise<EventRecord | undefined>;
  /**
   * Records how an attempt ended, if the claim is still ours.
   *
   * @returns false when another worker has the claim; nothing was written
   */
  finish(claim: Claim, outcome: Outcome, now: UnixMillis): Promise<boolean>;
  /** @param id `source#eventId` */
  readRecord(id: string): Promise<EventRecord | undefined>;
  /**
   * Lists the kept events of one day of a source, the oldest first.
   *
   * A page may be shorter than `limit`, and more may follow; it is empty only if none does.
   */
  listKept(list: KeptList, limit: number, after?: KeptPlace): Promise<KeptKeys>;
}
