import { isDeepStrictEqual } from 'node:util';
import { type LimiterState, spanOf } from '../../../domain/limiter.ts';
import type {
  HealthNote,
  Held,
  LimiterStore,
  OpenedBy,
  Shown,
  Slot,
  SlotAsk,
  SlotWrite,
} from '../../../domain/limiter-store.ts';
import { type Millis, millis, type UnixMillis, unixMillis } from '../../../domain/time.ts';
import { type DynamodbClient, GetCommand } from '../commands.ts';
import { updateIf, type Written } from '../conditional-update.ts';
import { newToken } from '../new-token.ts';
import { leaseName, limiterKeyOf, parseLimiter, parseLimiterItem } from './item.ts';
import type { LimiterUpdate } from './learnt.ts';
import { limiterUpdates } from './updates.ts';

function isHeldIn(item: unknown, held: Held): boolean {
  const { [held.kind === 'lease' ? leaseName(held.token) : held.kind]: value, handBy } = parseLimiterItem(
    item ?? {},
  );
  switch (held.kind) {
    case 'lease':
      return isDeepStrictEqual(value, { count: held.count, until: held.until });
    case 'probe':
      return value === held.until;
    case 'hand':
      return handBy === held.token;
  }
}

/** A refusal for each form of a failure, one more after a reset, and one for a slot that ran out. */
const leaveTries = 4;

/** The limiter of endpoints, one item each in the Endpoints table. */
export function dynamodbLimiter(client: DynamodbClient, table: string) {
  const write = (limiterKey: string, update: LimiterUpdate): Promise<Written> =>
    updateIf(client, table, { ...limiterKeyOf(limiterKey), ...update });

  return {
    take: (limiterKey: string, ask: SlotAsk) => writeTake((update) => write(limiterKey, update), ask),

    async probe(limiterKey: string, seenOpenUntil: UnixMillis, until: UnixMillis) {
      const { ok, item } = await write(limiterKey, limiterUpdates.probe(seenOpenUntil, until));
      return { ok, state: parseLimiter(item) };
    },

    async takeByHand(limiterKey: string, now: UnixMillis, until: UnixMillis) {
      const held = { kind: 'hand', token: newToken(), until } as const;
      const { ok, item } = await write(limiterKey, limiterUpdates.takeByHand(held.token, now, until));
      return ok || isHeldIn(item, held) ? held : undefined;
    },

    hold: async (limiterKey: string, until: UnixMillis): Promise<void> =>
      void (await write(limiterKey, limiterUpdates.hold(until))),

    /** Reads with strong consistency. */
    async read(limiterKey: string): Promise<LimiterState> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: limiterKeyOf(limiterKey), ConsistentRead: true }),
      );
      return parseLimiter(Item);
    },

    leave: (slot: Slot, shown: Shown | undefined, now: UnixMillis, count = 1) =>
      writeLeave(
        (update) => write(slot.limiterKey, update),
        slot,
        limiterUpdates.leave(slot, shown, now, count),
      ),

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

    async reserve(limiterKey: string, span: Millis, now: UnixMillis, count = 1) {
      const last = await reserveTimes((update) => write(limiterKey, update), millis(span * count), now);
      return unixMillis(last - span * (count - 1));
    },
  } satisfies LimiterStore;
}

type Write = (update: LimiterUpdate) => Promise<Written>;

async function writeTake(write: Write, ask: SlotAsk): Promise<SlotWrite> {
  const { count, until, now, limits } = ask;
  const held = { kind: 'lease', token: newToken(), count, until } as const;
  const { ok, item } = await write(limiterUpdates.take(held.token, ask));
  const state = parseLimiter(item);
  // Refused by itself: its answer was lost, and the client repeated it.
  if (!ok && !isHeldIn(item, held)) return { ok: false, state };
  const { nextAt } = state;
  const isPlaced = limits.perSecond !== undefined && nextAt !== undefined;
  const firstAt = isPlaced ? unixMillis(nextAt - spanOf(count, limits.perSecond)) : now;
  return { ok: true, state, held, firstAt };
}

async function writeLeave(
  write: Write,
  { held }: Slot,
  { releases, notes }: ReturnType<typeof limiterUpdates.leave>,
): Promise<LimiterState> {
  let left: Written | undefined;
  // A refusal brings the item: an operator may have reset it meanwhile, and then what was refused before can succeed.
  for (let nth = 0; nth < leaveTries && left?.ok !== true; nth++) {
    const updates = left === undefined || isHeldIn(left.item, held) ? releases : notes;
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

/** @returns the last of the times */
async function reserveTimes(write: Write, span: Millis, now: UnixMillis): Promise<UnixMillis> {
  const { reserveNext, reserveFirst } = limiterUpdates;
  let reserved: Written | undefined;
  // If another worker has reserved the first time meanwhile, the next one is free.
  for (const reserve of [reserveNext, reserveFirst, reserveNext]) {
    reserved = await write(reserve(span, now));
    if (reserved.ok) break;
  }
  return parseLimiterItem(reserved?.item).reservedUntil ?? unixMillis(now + span);
}
