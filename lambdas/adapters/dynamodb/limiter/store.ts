import * as v from 'valibot';
import { Count, Instant } from '../../../domain/instant-fields.ts';
import type { LimiterState } from '../../../domain/limiter.ts';
import type { EndpointHealth, LimiterStore, Slot, SlotTimes } from '../../../domain/limiter-store.ts';
import { otherItems } from '../../../domain/tables.ts';
import { type Millis, type UnixMillis, unixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, GetCommand } from '../commands.ts';
import { updateIf, type Written } from '../conditional-update.ts';
import { itemParser } from '../parse-item.ts';
import { type LimiterUpdate, limiterUpdates } from './updates.ts';

/** A limiter's item. Each slot is a separate attribute, so that writes to two slots do not conflict. */
const KnownAttributes = v.object({
  nextAt: v.optional(Instant),
  failures: v.optional(Count, 0),
  failingSince: v.optional(Instant),
  failedAt: v.optional(Instant),
  openUntil: v.optional(Instant),
  openedAt: v.optional(Instant),
  probe: v.optional(Instant),
  retryAfter: v.optional(Instant),
  probes: v.optional(Count, 0),
  provenAt: v.optional(Instant),
  reservedUntil: v.optional(Instant),
});
/** A slot is an attribute `slot…`: until when it is taken. */
const LimiterItem = v.looseObject(KnownAttributes.entries);
const parse = itemParser('limiter', 'Endpoints', LimiterItem);

const isHeldIn = (item: unknown, { name, until }: Slot): boolean => parse(item ?? {})[name] === until;

/** A refusal for each form of a failure, one more after a reset, and one for a slot that ran out. */
const leaveTries = 4;

const keyOf = (limiterKey: string) => ({ tenant: `${otherItems.limiter}${limiterKey}`, id: 'limiter' });

/** The limiter of endpoints, one item each in the Endpoints table. */
export function dynamodbLimiter(client: DynamodbClient, table: string) {
  const write = (limiterKey: string, update: LimiterUpdate): Promise<Written> =>
    updateIf(client, table, { ...keyOf(limiterKey), ...update });
  const taken = ({ ok, item }: Written) =>
    ok ? ({ ok } as const) : ({ ok, state: parseLimiter(item) } as const);

  return {
    take: async (limiterKey: string, slot: string, times: SlotTimes) =>
      taken(await write(limiterKey, limiterUpdates.take(slot, times))),

    probe: async (limiterKey: string, seenOpenUntil: UnixMillis, until: UnixMillis) =>
      taken(await write(limiterKey, limiterUpdates.probe(seenOpenUntil, until))),

    takeByHand: async (limiterKey: string, now: UnixMillis, until: UnixMillis): Promise<boolean> =>
      (await write(limiterKey, limiterUpdates.takeByHand(now, until))).ok,

    async hold(limiterKey: string, until: UnixMillis): Promise<void> {
      await write(limiterKey, limiterUpdates.hold(until));
    },

    /** Reads with strong consistency. */
    async read(limiterKey: string): Promise<LimiterState> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: keyOf(limiterKey), ConsistentRead: true }),
      );
      return parseLimiter(Item);
    },

    async leave(slot: Slot, health: EndpointHealth | undefined, now: UnixMillis): Promise<LimiterState> {
      const { releases, notes } = limiterUpdates.leave(slot, health, now);
      let left: Written | undefined;
      // A refusal brings the item: an operator may have reset it meanwhile, and then what was refused before can succeed.
      for (let nth = 0; nth < leaveTries && left?.ok !== true; nth++) {
        const updates = left === undefined || isHeldIn(left.item, slot) ? releases : notes;
        const update = updates[nth % updates.length];
        if (update === undefined) break;
        left = await write(slot.limiterKey, update);
      }
      return parseLimiter(left?.item);
    },

    async open(slot: Slot, until: UnixMillis, now: UnixMillis): Promise<void> {
      await write(slot.limiterKey, limiterUpdates.open(slot, until, now));
    },

    /** Clears the endpoint's health after a person has declared it healthy. */
    async reset(limiterKey: string): Promise<void> {
      await write(limiterKey, limiterUpdates.reset());
    },

    /** Reserves the next time for a waiting delivery; times are `span` apart. */
    async reserve(limiterKey: string, span: Millis, now: UnixMillis): Promise<UnixMillis> {
      const { reserveNext, reserveFirst } = limiterUpdates;
      let reserved: Written | undefined;
      // If another worker has reserved the first time meanwhile, the next one is free.
      for (const reserve of [reserveNext, reserveFirst, reserveNext]) {
        reserved = await write(limiterKey, reserve(span, now));
        if (reserved.ok) break;
      }
      return parse(reserved?.item).reservedUntil ?? unixMillis(now + span);
    },
  } satisfies LimiterStore;
}

/** @param item undefined for an endpoint that has had no request @throws MalformedItemError */
export function parseLimiter(item: unknown): LimiterState {
  const limiterKey = parse(item ?? {});
  const slots = Object.entries(limiterKey)
    .filter((entry): entry is [string, number] => entry[0].startsWith('slot') && typeof entry[1] === 'number')
    .map(([name, until]) => [name.slice('slot'.length), unixMillis(until)]);
  const { reservedUntil: _, ...known } = v.parse(KnownAttributes, limiterKey);
  return { ...known, slots: Object.fromEntries(slots) };
}
