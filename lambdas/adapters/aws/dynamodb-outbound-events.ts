import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OutboundEvent } from '../../domain/outbound-event.ts';
import type { UnixMillis, UnixSeconds } from '../../domain/time.ts';
import { type ConditionalUpdate, updateIf } from './conditional-update.ts';
import { outboundEventItem, parseOutboundEvent } from './outbound-event-item.ts';
import { putIfFree, readItem } from './put-if-free.ts';

type Write = (update: ConditionalUpdate) => Promise<{ readonly ok: boolean; readonly event?: OutboundEvent }>;

/** The OutboundEvents table. */
export function dynamodbOutboundEvents(client: DynamoDBDocumentClient, table: string) {
  const write: Write = async (update) => {
    const { ok, item } = await updateIf(client, table, update);
    return { ok, event: eventIn(item) };
  };

  return {
    /** @returns the event that is there already, else undefined */
    create: async (event: OutboundEvent): Promise<OutboundEvent | undefined> =>
      eventIn(await putIfFree(client, table, outboundEventItem(event), event.createdAt)),

    read: async (id: string): Promise<OutboundEvent | undefined> =>
      eventIn(await readItem(client, table, id)),

    async markFannedOut(id: string, at: UnixMillis): Promise<void> {
      await write({ id, set: { fannedOutAt: at }, condition: 'attribute_exists(#id)', values: {} });
    },

    /** @returns false when there is no such event any more */
    async open(id: string, member: string): Promise<boolean> {
      const { ok } = await write({
        id,
        set: { expiresAt: undefined },
        more: 'ADD #open :member',
        condition: 'attribute_exists(#id)',
        values: { member: new Set([member]) },
      });
      return ok;
    },

    close: (id: string, members: readonly string[], expiresAt: UnixSeconds): Promise<void> =>
      close(id, members, expiresAt, write),
  };
}

/** One write for an event with one delivery; another for each delivery more. */
async function close(
  id: string,
  members: readonly string[],
  expiresAt: UnixSeconds,
  write: Write,
): Promise<void> {
  const { ok, event } = await write({
    id,
    set: { open: undefined, expiresAt },
    condition: 'contains(#open, :member) AND size(#open) = :one',
    values: { member: members.at(-1), one: 1 },
  });
  if (ok || event === undefined) return;
  const isIn = event.open.some((member) => members.includes(member));
  const isLast = isIn ? await takeOut(id, members, write) : isLeftOpen(event);
  if (!isLast) return;
  const nothingIsOpen = 'attribute_exists(#id) AND attribute_not_exists(#open)';
  await write({ id, set: { expiresAt }, condition: nothingIsOpen, values: {} });
}

/** Two that leave at once both saw the other. @returns whether nothing is left behind */
async function takeOut(id: string, members: readonly string[], write: Write): Promise<boolean> {
  const { event } = await write({
    id,
    more: 'DELETE #open :members',
    condition: 'attribute_exists(#id)',
    values: { members: new Set(members) },
  });
  return event?.open.length === 0;
}

/** Somebody died between taking the last one out and saying when the event expires. */
const isLeftOpen = ({ open, expiresAt }: OutboundEvent): boolean =>
  open.length === 0 && expiresAt === undefined;

const eventIn = (item: unknown): OutboundEvent | undefined =>
  item === undefined ? undefined : parseOutboundEvent(item);
