import * as v from 'valibot';
import { endpointHash } from '../../domain/delivery-task.ts';
import {
  type EndedDelivery,
  type FailureTally,
  type FailureTallyStore,
  knownCause,
  talliesAtOnce,
} from '../../domain/failure-tally.ts';
import { DeliveryIdText, EndpointIdText, EventIdText, TenantIdText } from '../../domain/ids.ts';
import { Count, Instant } from '../../domain/instant-fields.ts';
import { otherItems } from '../../domain/tables.ts';
import { days, later, toUnixSeconds, type UnixMillis } from '../../domain/time.ts';
import { type DynamodbClient, GetCommand } from './commands.ts';
import { type ConditionalUpdate, updateIf } from './conditional-update.ts';
import { AttemptItem } from './deliveries/item.ts';
import { attentionItems } from './endpoints/attention.ts';
import { attention, shardsOf, spreadAttention } from './endpoints/item.ts';
import { itemParser } from './parse-item.ts';

const LastItem = v.object({
  tenant: TenantIdText,
  endpointId: EndpointIdText,
  deliveryId: DeliveryIdText,
  round: Count,
  eventId: EventIdText,
  eventType: v.string(),
  attempts: Count,
  reason: v.string(),
  cause: v.pipe(v.optional(v.string()), v.transform(knownCause)),
  host: v.optional(v.string()),
  lastAttempt: v.optional(AttemptItem),
});
const TallyItem = v.object({
  id: v.string(),
  count: Count,
  since: v.optional(Instant),
  notifyAt: Instant,
  last: LastItem,
});

/** One partition for each endpoint suffices: a process counts together what fails at the same time. */
const partitionOf = (name: string): string => `${otherItems.tally}${name}`;
/** A tally without failures to report expires soon. */
const keptFor = days(1);

const isLast = '#last.#deliveryId = :deliveryId AND #last.#round = :round';

/**
 * Counts more, due at once or after the pause since the last notice.
 *
 * One is refused if this delivery was the last counted. Several are refused only if this very write has been made: one of
 * them may have been counted before, but then the others were not.
 */
const added = (name: string, ended: EndedDelivery, now: UnixMillis, count: number) => ({
  id: name,
  // A tally that awaits a notification never expires.
  set: {
    last: ended,
    group: groupOf(count, now),
    attention: spreadAttention(now, 'tallies', name).attention,
    expiresAt: undefined,
  },
  assign: [
    '#count = if_not_exists(#count, :zero) + :more',
    '#since = if_not_exists(#since, :now)',
    '#notifyAt = if_not_exists(#notifyAt, :now)',
    '#attentionAt = if_not_exists(#notifyAt, :now)',
  ],
  condition: `NOT (${isLast}${count > 1 ? ' AND #group = :group' : ''})`,
  values: {
    zero: 0,
    more: count,
    now,
    deliveryId: ended.deliveryId,
    round: ended.round,
    ...(count > 1 && { group: groupOf(count, now) }),
  },
});

/** With its last delivery it identifies the write that counts several. */
const groupOf = (count: number, now: UnixMillis): string | undefined =>
  count > 1 ? `${count}@${now}` : undefined;

const parse = itemParser('tally', 'Endpoints', TallyItem);

/** @returns undefined when there is nothing to report @throws MalformedItemError */
export function parseTally(item: unknown): FailureTally | undefined {
  const { id, count, since, notifyAt, last } = parse(item);
  return since === undefined || count === 0 ? undefined : { name: id, count, since, notifyAt, last };
}

const isAsSeen = '#notifyAt = :seen';

const emptied = ({ name, count, notifyAt }: FailureTally, next: UnixMillis) => ({
  id: name,
  set: {
    count: 0,
    since: undefined,
    notifyAt: next,
    ...attention(undefined),
    expiresAt: toUnixSeconds(later(next, keptFor)),
  },
  condition: `${isAsSeen} AND #count = :notified`,
  values: { seen: notifyAt, notified: count },
});

const reduced = ({ name, count, notifyAt }: FailureTally, next: UnixMillis, now: UnixMillis) => ({
  id: name,
  set: { since: now, notifyAt: next, attentionAt: next },
  assign: ['#count = #count - :notified'],
  condition: `${isAsSeen} AND #count > :notified`,
  values: { seen: notifyAt, notified: count },
});

/** Counts of deliveries that ended without success: one item for each endpoint, in the Endpoints table. */
export function dynamodbTallies(client: DynamodbClient, table: string) {
  const write = async (update: Omit<ConditionalUpdate, 'tenant'>): Promise<boolean> =>
    (await updateIf(client, table, { ...update, tenant: partitionOf(update.id) })).ok;

  return {
    /** Counts with one write, which counts only once if it is repeated. */
    async add(ended: EndedDelivery, now: UnixMillis, count = 1): Promise<void> {
      await write(added(endpointHash(ended), ended, now, count));
    },

    /** The names of tallies whose notice is due; eventually consistent. */
    async due(now: UnixMillis): Promise<readonly string[]> {
      const shards = await Promise.all(
        shardsOf('tallies').map((shard) => attentionItems(client, table, shard, now, talliesAtOnce)),
      );
      return shards.flat().map(({ id }) => id);
    },

    /** Reads with strong consistency. @returns undefined when there is nothing to report */
    async read(name: string): Promise<FailureTally | undefined> {
      const { Item } = await client.send(
        new GetCommand({
          TableName: table,
          Key: { tenant: partitionOf(name), id: name },
          ConsistentRead: true,
        }),
      );
      return Item && parseTally(Item);
    },

    /** Subtracts the failures that were notified; later ones are due at `next`. Does nothing if another sweep has notified them. */
    async notified(tally: FailureTally, next: UnixMillis, now: UnixMillis): Promise<void> {
      if (!(await write(emptied(tally, next)))) await write(reduced(tally, next, now));
    },
  } satisfies FailureTallyStore;
}
