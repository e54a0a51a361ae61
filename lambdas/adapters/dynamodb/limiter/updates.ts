import {
  averageAnswer,
  concurrencyOf,
  shortWait,
  spanOf,
  unprovenConcurrent,
} from '../../../domain/limiter.ts';
import type { HealthNote, Held, OpenedBy, Shown, Slot, SlotAsk } from '../../../domain/limiter-store.ts';
import { isSlowIn } from '../../../domain/request-deadline.ts';
import {
  days,
  later,
  type Millis,
  toUnixSeconds,
  type UnixMillis,
  unixMillis,
} from '../../../domain/time.ts';
import { spreadAttention } from '../endpoints/item.ts';
import { leaseName } from './item.ts';
import { both, forgotten, type LimiterUpdate, learntFrom } from './learnt.ts';

/** The writes of a release: see `leave`. */
interface Leaving {
  readonly releases: readonly LimiterUpdate[];
  readonly notes: readonly LimiterUpdate[];
}

/** Remembers a failing endpoint for longer than its deliveries can wait. */
const keptFor = days(60);

/** Each step of the limiter as one conditional update. */
export const limiterUpdates = {
  /** Leases slots. It is refused by its own earlier write, too, if the answer to that was lost. */
  take: (token: string, { now, until, count, ended, isInLine, limits }: SlotAsk): LimiterUpdate => {
    const over = Object.entries(ended).map(([name, lease], nth) => ({ nth: `ended${nth}`, name, lease }));
    const freed = over.reduce((sum, { lease }) => sum + lease.count, 0);
    const most = concurrencyOf(limits);
    const few = Math.min(most, unprovenConcurrent);
    const hasRoom = '(attribute_not_exists(#taken) OR #taken <= :room)';
    const isFew = count <= few ? 'attribute_not_exists(#taken) OR #taken <= :few' : '#taken <= :few';
    const isWelcome = '(attribute_not_exists(#retryAfter) OR #retryAfter <= :now)';
    const place = placesUnder({ now, count, isInLine, limits });
    return {
      names: {
        lease: leaseName(token),
        ...Object.fromEntries(over.map(({ nth, name }) => [nth, leaseName(name)])),
      },
      set: {
        lease: { count, until },
        ...Object.fromEntries(over.map(({ nth }) => [nth, undefined])),
        ...place.set,
        expiresAt: toUnixSeconds(later(now, keptFor)),
      },
      assign: ['#taken = if_not_exists(#taken, :zero) + :more', ...place.assign],
      condition: both(
        'attribute_not_exists(#lease)',
        ...over.map(({ nth }) => `#${nth} = :${nth}`),
        hasRoom,
        `(attribute_exists(#provenAt) OR ${isFew})`,
        isWelcome,
        'attribute_not_exists(#openUntil)',
        ...place.conditions,
      ),
      values: {
        now,
        zero: 0,
        more: count - freed,
        room: most - count + freed,
        few: few - count + freed,
        ...Object.fromEntries(over.map(({ nth, lease }) => [nth, lease])),
        ...place.values,
      },
    };
  },

  probe: (seenOpenUntil: UnixMillis, until: UnixMillis): LimiterUpdate => ({
    set: { probe: until, openUntil: until },
    condition: '#openUntil = :expected',
    values: { expected: seenOpenUntil },
  }),

  /** Takes the single slot for manual sends, which skip the breaker and the rate. */
  takeByHand: (token: string, now: UnixMillis, until: UnixMillis): LimiterUpdate => ({
    set: { hand: until, handBy: token, expiresAt: toUnixSeconds(later(now, keptFor)) },
    condition: 'attribute_not_exists(#hand) OR #hand <= :now',
    values: { now },
  }),

  /** Notes a Retry-After; never shortens an earlier one. */
  hold: (until: UnixMillis): LimiterUpdate => ({
    set: { retryAfter: until },
    condition: 'attribute_exists(#id) AND (attribute_not_exists(#retryAfter) OR #retryAfter < :until)',
    values: { until },
  }),

  /**
   * Gives the slots back and records what was shown (`releases`), or records that only (`notes`), for when the slots are not ours
   * any more. At most one of each list succeeds.
   */
  leave: (slot: Slot, shown: Shown | undefined, now: UnixMillis, count: number): Leaving => {
    const answerMs = shown?.took === undefined ? slot.answerMs : averageAnswer(slot.answerMs, shown.took);
    const all = learntFrom(slot, shown, now);
    const { set: without, assign: less = [], condition, values: mine, names } = givenBack(slot.held, count);
    const releases = all.map(({ set, conditions, values, assign = [] }) => ({
      names,
      assign: [...assign, ...less],
      set: { ...set, ...(answerMs && { answerMs }), ...without },
      condition: both(condition, ...conditions),
      values: { ...values, ...mine },
    }));
    const notes = all.map(({ conditions, ...learnt }) => ({
      ...learnt,
      condition: both('attribute_exists(#id)', ...conditions),
    }));
    return { releases, notes: shown === undefined ? [] : notes };
  },

  /**
   * Records the health that a request without a slot showed. At most one of the updates succeeds.
   *
   * A failure creates the item, so that other workers see it. A success without an item writes nothing.
   */
  note: ({ health, took, failures, limits }: HealthNote, now: UnixMillis): readonly LimiterUpdate[] => {
    const expiresAt = toUnixSeconds(later(now, keptFor));
    const shown = { health, failures, isSlow: isSlowIn({ health, took }) };
    return learntFrom({ limits }, shown, now).map(({ conditions, set, ...learnt }) => ({
      ...learnt,
      set: { ...set, expiresAt },
      condition: both(...(health === 'up' ? ['attribute_exists(#id)'] : []), ...conditions),
    }));
  },

  open: (
    { limiterKey, of, probeUntil }: OpenedBy,
    openUntil: UnixMillis,
    now: UnixMillis,
  ): LimiterUpdate => ({
    set: { openUntil, ...spreadAttention(of.isRegistered ? openUntil : undefined, 'down', limiterKey) },
    assign: [
      probeUntil ? '#probes = if_not_exists(#probes, :zero) + :one' : '#probes = :zero',
      '#openedAt = if_not_exists(#openedAt, :now)',
    ],
    condition: probeUntil ? '#openUntil = :mine' : 'attribute_not_exists(#openUntil) AND #failures > :zero',
    values: { zero: 0, now, ...(probeUntil && { one: 1, mine: probeUntil }) },
  }),

  clearPlaces: (): LimiterUpdate => ({
    set: { reservedUntil: undefined },
    condition: 'attribute_exists(#id)',
    values: {},
  }),

  /** Clears the endpoint's health; taken slots stay taken. */
  reset: (): LimiterUpdate => ({
    set: forgotten,
    condition: 'attribute_exists(#id)',
    values: {},
  }),

  /** Reserves the times after the last reservation. */
  reserveNext: (span: Millis, now: UnixMillis): LimiterUpdate => ({
    assign: ['#reservedUntil = #reservedUntil + :span'],
    condition: '#reservedUntil > :now',
    values: { span, now },
  }),

  /** Reserves times when no delivery waits. */
  reserveFirst: (span: Millis, now: UnixMillis): LimiterUpdate => ({
    set: { reservedUntil: unixMillis(now + span), expiresAt: toUnixSeconds(later(now, keptFor)) },
    condition: 'attribute_not_exists(#reservedUntil) OR #reservedUntil <= :now',
    values: { now },
  }),
};

/** The places of slots under a rate: after those that are taken already, or from now on. */
function placesUnder({ now, count, isInLine, limits: { perSecond } }: Omit<SlotAsk, 'until' | 'ended'>) {
  if (perSecond === undefined) return { set: {}, assign: [], conditions: [], values: {} };
  const span = spanOf(count, perSecond);
  if (!isInLine) {
    const set = { nextAt: unixMillis(now + span) };
    return {
      set,
      assign: [],
      conditions: ['(attribute_not_exists(#nextAt) OR #nextAt <= :now)'],
      values: {},
    };
  }
  const upTo = unixMillis(now + shortWait - spanOf(count - 1, perSecond));
  return {
    set: {},
    assign: ['#nextAt = #nextAt + :span'],
    conditions: ['#nextAt > :now', '#nextAt <= :upTo'],
    values: { span, upTo },
  };
}

/** How something that a worker holds is given back, if it is still its own. */
function givenBack(held: Held, count: number): LimiterUpdate & { readonly condition: string } {
  switch (held.kind) {
    case 'lease': {
      const rest = held.count - count;
      return {
        names: { lease: leaseName(held.token) },
        set: { lease: rest > 0 ? { count: rest, until: held.until } : undefined },
        assign: ['#taken = #taken - :back'],
        condition: '#lease = :mine',
        values: { mine: { count: held.count, until: held.until }, back: count },
      };
    }
    case 'probe':
      return { set: { probe: undefined }, condition: '#probe = :mine', values: { mine: held.until } };
    case 'hand': {
      const set = { hand: undefined, handBy: undefined };
      return { set, condition: '#handBy = :mine', values: { mine: held.token } };
    }
  }
}
