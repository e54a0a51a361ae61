import type { EndpointId } from '../../../domain/ids.ts';
import type { OutboundEvent, OutboundEventStore } from '../../../domain/outbound-event.ts';
import { toUnixSeconds, type UnixMillis, type UnixSeconds } from '../../../domain/time.ts';
import type { DynamodbClient } from '../commands.ts';
import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { putIfFree, readItem } from '../put-if-absent.ts';
import { outboundEventItem, parseOutboundEvent } from './item.ts';
import { fanOutUpdates } from './updates.ts';

type Write = (update: ConditionalUpdate) => Promise<{ readonly ok: boolean; readonly event?: OutboundEvent }>;

/** The OutboundEvents table. */
export function dynamodbOutboundEvents(client: DynamodbClient, table: string) {
  const write: Write = async (update) => {
    const { ok, item } = await updateIf(client, table, update);
    return { ok, event: eventIn(item) };
  };

  return {
    /** @returns the existing event, else undefined */
    create: async (event: OutboundEvent): Promise<OutboundEvent | undefined> =>
      eventIn(await putIfFree(client, table, outboundEventItem(event), event.createdAt)),

    read: async (id: string): Promise<OutboundEvent | undefined> =>
      eventIn(await readItem(client, table, id)),

    markFannedOut: async (id: string, at: UnixMillis): Promise<void> =>
      void (await write(fanOutUpdates.mark(id, at))),

    /** Extends the event's retention. @returns false when the event is gone */
    async keep(id: string, until: UnixSeconds, now: UnixMillis): Promise<boolean> {
      const nowSeconds = toUnixSeconds(now);
      const condition = '#expiresAt > :nowSeconds AND #expiresAt < :until';
      const { ok, event } = await write({
        id,
        set: { expiresAt: until },
        condition,
        values: { nowSeconds, until },
      });
      return ok || (event !== undefined && event.expiresAt >= until);
    },

    /** Each returns the event after the write, or the one that refused it. */
    widen: async (id: string, endpoints?: readonly EndpointId[]) =>
      (await write(fanOutUpdates.widen(id, endpoints))).event,
    split: async (id: string, ranges: readonly string[]) =>
      (await write(fanOutUpdates.split(id, ranges))).event,
    rangeDone: async (id: string, range: string) => (await write(fanOutUpdates.rangeDone(id, range))).event,
  } satisfies OutboundEventStore;
}

const eventIn = (item: unknown): OutboundEvent | undefined =>
  item === undefined ? undefined : parseOutboundEvent(item);
