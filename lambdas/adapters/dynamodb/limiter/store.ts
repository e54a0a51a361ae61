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

    hold: async (limiterKey: string, until: UnixMillis): Promise<void> =>
      void (await write(limiterKey, limiterUpdates.hold(until))),

    /** Reads with strong consistency. */
    async read(limiterKey: string): Promise<LimiterState> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: limiterKeyOf(limiterKey), ConsistentRead: true }),
      );
      return parseLimiter(Item);
    },

    leave: (slot: Slot, health: EndpointHealth | undefined, now: UnixMillis, took?: Millis) =>
      writeLeave((update) => write(slot.limiterKey, update), { slot, health, took }, now),

    note: (limiterKey: string, note: HealthNote, now: UnixMillis) =>
      writeNote((update) => write(limiterKey, update), note, now),

    async open(slot: OpenedBy, until: UnixMillis, now: UnixMillis): Promise<void> {
      await write(slot.limiterKey, limiterUpdates.open(slot, until, now));
    },

    clearPlaces: async (limiterKey: string) =>
      parseLimiter((await write(limiterKey, limiterUpdates.clearPlaces())).item),

    async reset(limiterKey: string): Promise<void> {
      await write(limiterKey, limiterUpdates.reset());
    },

    reservePlace: (limiterKey: string, interval: Millis, now: UnixMillis, upTo: UnixMillis) =>
      placeUnderRate((update) => write(limiterKey, update), interval, now, upTo),

    reserve: (limiterKey: string, span: Millis, now: UnixMillis) =>
      reserveTime((update) => write(limiterKey, update), span, now),
  } satisfies LimiterStore;
}

type Write = (update: LimiterUpdate) => Promise<Written>;

interface Left {
  readonly slot: Slot;
  readonly health: EndpointHealth | undefined;
  readonly took: Millis | undefined;
}

async function writeLeave(
  write: Write,
  { slot, health, took }: Left,
  now: UnixMillis,
): Promise<LimiterState> {
  const { releases, notes } = limiterUpdates.leave(slot, health, now, took);
  let left: Written | undefined;
  // A refusal brings the item: an operator may have reset it meanwhile, and then what was refused before can succeed.
  for (let nth = 0; nth < leaveTries && left?.ok !== true; nth++) {
    const updates = left === undefined || isHeldIn(left.item, slot) ? releases : notes;
    const update = updates[nth % updates.length];
    if (update === undefined) break;
    left = await write(update);
  }
  return parseLimiter(left?.item);
}

async function writeNote(write: Write, note: HealthNote, now: UnixMillis): Promise<LimiterState> {
  const updates = limiterUpdates.note(note, now);
  // Each form refuses what the other one takes; a reset may come between the two. A success needs an item.
  const tries = updates.length === 1 ? 1 : leaveTries;
  let noted: Written | undefined;
  for (let nth = 0; nth < tries && noted?.ok !== true; nth++) {
    const update = updates[nth % updates.length];
    if (update !== undefined) noted = await write(update);
    if (noted?.item === undefined) break;
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

async function placeUnderRate(
  write: Write,
  interval: Millis,
  now: UnixMillis,
  upTo: UnixMillis,
): Promise<UnixMillis | undefined> {
  const { ok, item } = await write(limiterUpdates.reservePlace(interval, now, upTo));
  const { nextAt } = parseLimiter(item);
  return ok && nextAt !== undefined ? unixMillis(nextAt - interval) : undefined;
}
