import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import {
  type EndedDelivery,
  type FailureTally,
  knownCause,
  talliesAtOnce,
  tallyNameOf,
} from '../../domain/failure-tally.ts';
import { otherItems } from '../../domain/tables.ts';
import { days, later, toUnixSeconds, type UnixMillis } from '../../domain/time.ts';
import { attentionItems } from './attention-items.ts';
import { type ConditionalUpdate, updateIf } from './conditional-update.ts';
import { AttemptItem, Instant } from './delivery-item.ts';
import { attention, shardsOf, spreadAttention } from './endpoint-item.ts';

const LastItem = v.object({
  tenant: v.string(),
  endpointId: v.string(),
  deliveryId: v.string(),
  round: v.number(),
  eventId: v.string(),
  eventType: v.string(),
  attempts: v.number(),
  reason: v.string(),
  cause: v.pipe(v.optional(v.string()), v.transform(knownCause)),
  host: v.optional(v.string()),
  lastAttempt: v.optional(AttemptItem),
});
const TallyItem = v.object({
  id: v.string(),
  count: v.number(),
  since: v.optional(Instant),
  tellAt: Instant,
  last: LastItem,
});

/** A partition for each endpoint: more than 1,000 of its deliveries in a second would first meet its gate, which is one item, too. */
const partitionOf = (name: string): string => `${otherItems.tally}${name}`;
/** One that has nothing to tell is of no use soon. */
const keptFor = days(1);

/** One more, that is to be told at once, or when the pause since the last time is over; nothing, if it was the last one. */
const added = (name: string, ended: EndedDelivery, now: UnixMillis) => ({
  id: name,
  // What is to be told never expires.
  set: {
    last: ended,
    attention: spreadAttention(now, 'tallies', name).attention,
    expiresAt: undefined,
  },
  assign: [
    '#count = if_not_exists(#count, :zero) + :one',
    '#since = if_not_exists(#since, :now)',
    '#tellAt = if_not_exists(#tellAt, :now)',
    '#attentionAt = if_not_exists(#tellAt, :now)',
  ],
  condition: 'NOT (#last.#deliveryId = :deliveryId AND #last.#round = :round)',
  values: { zero: 0, one: 1, now, deliveryId: ended.deliveryId, round: ended.round },
});

/** Counts of what ended without success, an item for each endpoint in the Endpoints table. */
export function dynamodbTallies(client: DynamoDBDocumentClient, table: string) {
  const write = async (update: Omit<ConditionalUpdate, 'tenant'>): Promise<boolean> =>
    (await updateIf(client, table, { ...update, tenant: partitionOf(update.id) })).ok;

  return {
    /** One write; repeated, it counts once. */
    async add(ended: EndedDelivery, now: UnixMillis): Promise<void> {
      await write(added(tallyNameOf(ended), ended, now));
    },

    /** The names of those that are to be told by now, as far as the index has heard of them. */
    async due(now: UnixMillis): Promise<readonly string[]> {
      const shards = await Promise.all(
        shardsOf('tallies').map((shard) => attentionItems(client, table, shard, now, talliesAtOnce)),
      );
      return shards.flat().map(({ id }) => id);
    },

    /** As it stands after every write that was answered. @returns undefined when there is nothing to tell */
    async read(name: string): Promise<FailureTally | undefined> {
      const { Item } = await client.send(
        new GetCommand({
          TableName: table,
          Key: { tenant: partitionOf(name), id: name },
          ConsistentRead: true,
        }),
      );
      if (Item === undefined) return undefined;
      const { id, count, since, tellAt, last } = v.parse(TallyItem, Item);
      return since === undefined || count === 0 ? undefined : { name: id, count, since, tellAt, last };
    },

    /** Takes away what was told; what ended meanwhile is told from `next` on. Nothing, if another has told it. */
    async told({ name: id, count, tellAt }: FailureTally, next: UnixMillis, now: UnixMillis): Promise<void> {
      const isAsSeen = '#tellAt = :seen';
      const isDone = await write({
        id,
        set: {
          count: 0,
          since: undefined,
          tellAt: next,
          ...attention(undefined),
          expiresAt: toUnixSeconds(later(next, keptFor)),
        },
        condition: `${isAsSeen} AND #count = :told`,
        values: { seen: tellAt, told: count },
      });
      if (isDone) return;
      await write({
        id,
        set: { since: now, tellAt: next, attentionAt: next },
        assign: ['#count = #count - :told'],
        condition: `${isAsSeen} AND #count > :told`,
        values: { seen: tellAt, told: count },
      });
    },
  };
}
