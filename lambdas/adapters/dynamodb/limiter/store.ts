import type { LimiterState } from '../../../domain/limiter.ts';
import type {
  EndpointHealth,
  HealthNote,
  LimiterStore,
  OpenedBy,
  Slot,
  SlotTimes,
} from '../../../domain/limiter-store.ts';
import { type Millis, type UnixMillis, unixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, GetCommand } from '../commands.ts';
import { updateIf, type Written } from '../conditional-update.ts';
import { limiterKeyOf, parseLimiter, parseLimiterItem } from './item.ts';
import { type LimiterUpdate, limiterUpdates } from './updates.ts';

const isHeldIn = (item: unknown, { name, until }: Slot): boolean =>
  parseLimiterItem(item ?? {})[name] === until;

/** A refusal for each form of a failure, one more after a reset, and one for a slot that ran out. */
const leaveTries = 4;

/** The limiter of endpoints, one item each in the Endpoints table. */
export function dynamodbLimiter(client: DynamodbClient, table: string) {
  const write = (limiterKey: string, update: LimiterUpdate): Promise<Written> =>
    updateIf(client, table, { ...limiterKeyOf(limiterKey), ...update });
  const taken = ({ ok, item }: Written) => ({ ok, state: parseLimiter(item) });

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
        new GetCommand({ TableName: table, Key: limiterKeyOf(limiterKey), ConsistentRead: true }),
      );
      return parseLimiter(Item);
    },

    async leave(
      slot: Slot,
      health: EndpointHealth | undefined,
      now: UnixMillis,
      took?: Millis,
    ): Promise<LimiterState> {
      const { releases, notes } = limiterUpdates.leave(slot, health, now, took);
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

    note: (limiterKey: string, note: HealthNote, now: UnixMillis) =>
      writeNote((update) => write(limiterKey, update), note, now),

    async open(slot: OpenedBy, until: UnixMillis, now: UnixMillis): Promise<void> {
      await write(slot.limiterKey, limiterUpdates.open(slot, until, now));
    },

    /** Clears the endpoint's health after a person has declared it healthy. */
    async reset(limiterKey: string): Promise<void> {
      await write(limiterKey, limiterUpdates.reset());
    },

    /** Reserves the next time for a waiting delivery; times are `span` apart. */
    reserve: (limiterKey: string, span: Millis, now: UnixMillis) =>
      reserveTime((update) => write(limiterKey, update), span, now),
  } satisfies LimiterStore;
}

type Write = (update: LimiterUpdate) => Promise<Written>;

async function writeNote(write: Write, note: HealthNote, now: UnixMillis): Promise<LimiterState> {
  const updates = limiterUpdates.note(note, now);
  // Each form refuses what the other one takes; a reset may come between the two.
  const tries = updates.length === 1 ? 1 : leaveTries;
  let noted: Written | undefined;
  for (let nth = 0; nth < tries && noted?.ok !== true; nth++) {
    const update = updates[nth % updates.length];
    if (update !== undefined) noted = await write(update);
  }
  return parseLimiter(noted?.item);
}

async function reserveTime(write: Write, span: Millis, now: UnixMillis): Promise<UnixMillis> {
  const { reserveNext, reserveFirst } = limiterUpdates;
  let reserved: Written | undefined;
  // If another worker has reserved the first time meanwhile, the next one is free.
  for (const reserve of [reserveNext, reserveFirst, reserveNext]) {
    reserved = await write(reserve(span, now));
    if (reserved.ok) break;
  }
  return parseLimiterItem(reserved?.item).reservedUntil ?? unixMillis(now + span);
}
