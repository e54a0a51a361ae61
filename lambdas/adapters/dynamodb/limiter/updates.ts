import {
  averageAnswer,
  concurrencyOf,
  shortWait,
  spanOf,
  unprovenConcurrent,
} from '../../../domain/limiter.ts';
import type { HealthNote, Held, OpenedBy, Shown, Slot, SlotAsk } from '../../../domain/limiter-store.ts';
import {
  days,
  later,
  type Millis,
  toMillis,
  toUnixSeconds,
  type UnixMillis,
  unixMillis,
} from '../../../domain/time.ts';
import type { ConditionalUpdate } from '../conditional-update.ts';
import { attention, spreadAttention } from '../endpoints/item.ts';
import { leaseName } from './item.ts';

/** A conditional update of a limiter's item. */
export type LimiterUpdate = Omit<ConditionalUpdate, 'id' | 'tenant'>;

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
  note: ({ health, failures, limits }: HealthNote, now: UnixMillis): readonly LimiterUpdate[] => {
    const expiresAt = toUnixSeconds(later(now, keptFor));
    if (health === 'hanging') return [{ set: { slowAt: now, provenAt: undefined, expiresAt }, values: {} }];
    return learntFrom({ limits }, { health, failures }, now).map(({ conditions, set, ...learnt }) => ({
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
    set: { failures: 0, probes: 0, ...notFailing, ...closed, ...unproven, retryAfter: undefined },
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

const closed = { openUntil: undefined, openedAt: undefined, ...attention(undefined) };
const unproven = { provenAt: undefined, slowAt: undefined };
const notFailing = { failingSince: undefined, failedAt: undefined };

const both = (...conditions: readonly string[]): string | undefined =>
  conditions.length === 0 ? undefined : conditions.join(' AND ');

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

/** What requests showed, as changes of the item, and their conditions. */
type Learnt = Pick<LimiterUpdate, 'set' | 'assign' | 'values'> & { readonly conditions: readonly string[] };

function learntFrom(
  { limits, held, isByHand }: Pick<Slot, 'limits'> & Partial<Pick<Slot, 'held' | 'isByHand'>>,
  shown: Shown | undefined,
  now: UnixMillis,
): readonly Learnt[] {
  const always = { conditions: [], values: {} };
  // A successful manual send ends the endpoint's Retry-After.
  const welcome = isByHand ? { retryAfter: undefined } : {};
  const well = { failures: 0, probes: 0, ...notFailing, ...closed, ...welcome };
  const answered = { failures: 0, probes: 0, ...closed };
  switch (shown?.health) {
    case 'up':
      return [{ ...always, set: { ...well, provenAt: now, slowAt: undefined } }];
    case 'slow':
      return [{ ...always, set: { ...well, provenAt: now, slowAt: now } }];
    case 'refusing':
      return failed({ ...answered, provenAt: now }, shown, limits, now);
    case 'down': {
      const { failures = 1, after } = shown;
      if (after !== undefined)
        return failed({ ...answered, failures, provenAt: undefined }, shown, limits, now);
      return failed({ provenAt: undefined }, shown, limits, now).map(({ assign = [], values, ...rest }) => ({
        ...rest,
        assign: [...assign, '#failures = if_not_exists(#failures, :zero) + :failed'],
        values: { ...values, zero: 0, failed: failures },
      }));
    }
    case undefined:
      // A probe that sent no request lets the next one probe at once.
      return [{ ...always, set: held?.kind === 'probe' ? { openUntil: now } : {} }];
  }
}

/** Counts one more failure in a row, or the first after a success or a pause without requests. */
function failed(
  set: Readonly<Record<string, unknown>>,
  { after }: Pick<Shown, 'after'>,
  { disableAfter }: Slot['limits'],
  now: UnixMillis,
): readonly Learnt[] {
  const values = { now, paused: unixMillis(now - toMillis(disableAfter)) };
  const goesOn = '(attribute_not_exists(#failedAt) OR #failedAt > :paused)';
  const since = '#failingSince = if_not_exists(#failingSince, :now)';
  const restarted = { ...set, failedAt: now, failingSince: now };
  if (after === 'success') return [{ set: restarted, conditions: [], values: {} }];
  return [
    { set: { ...set, failedAt: now }, assign: [since], conditions: [goesOn], values },
    { set: restarted, conditions: ['#failedAt <= :paused'], values: { paused: values.paused } },
  ];
}
