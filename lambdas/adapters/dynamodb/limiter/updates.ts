import { averageAnswer, quickAgainAfter } from '../../../domain/limiter.ts';
import type { EndpointHealth, HealthNote, OpenedBy, Slot, SlotTimes } from '../../../domain/limiter-store.ts';
import { quickWithin } from '../../../domain/request-deadline.ts';
import {
  days,
  later,
  type Millis,
  millis,
  toMillis,
  toUnixSeconds,
  type UnixMillis,
  unixMillis,
} from '../../../domain/time.ts';
import type { ConditionalUpdate } from '../conditional-update.ts';
import { attention, spreadAttention } from '../endpoints/item.ts';

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
  take: (slot: string, { now, until, nextAt, ifProven, place }: SlotTimes): LimiterUpdate => {
    const isFree = `(attribute_not_exists(#${slot}) OR #${slot} <= :now)`;
    const isInTime = place === undefined ? ' AND (attribute_not_exists(#nextAt) OR #nextAt <= :now)' : '';
    const isWelcome = '(attribute_not_exists(#retryAfter) OR #retryAfter <= :now)';
    const isProven = ifProven ? ' AND attribute_exists(#provenAt)' : '';
    return {
      set: {
        [slot]: until,
        ...(place === undefined && nextAt && { nextAt }),
        expiresAt: toUnixSeconds(later(now, keptFor)),
      },
      condition: `${isFree}${isInTime} AND ${isWelcome} AND attribute_not_exists(#openUntil)${isProven}`,
      values: { now },
    };
  },

  probe: (seenOpenUntil: UnixMillis, until: UnixMillis): LimiterUpdate => ({
    set: { probe: until, openUntil: until },
    condition: '#openUntil = :expected',
    values: { expected: seenOpenUntil },
  }),

  /** Takes the single slot for manual sends, which skip the breaker and the rate. */
  takeByHand: (now: UnixMillis, until: UnixMillis): LimiterUpdate => ({
    set: { hand: until, expiresAt: toUnixSeconds(later(now, keptFor)) },
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
   * Releases the slot and records the endpoint's health (`releases`), or records the health only (`notes`), for when another
   * worker holds the slot by now. At most one of each list succeeds.
   */
  leave: (
    slot: Slot,
    health: EndpointHealth | undefined,
    now: UnixMillis,
    took: Millis | undefined,
  ): Leaving => {
    const answerMs = took === undefined ? slot.answerMs : averageAnswer(slot.answerMs, took);
    const all = learntFrom(slot, { health, took }, now);
    const releases = all.map(({ set, conditions, values, assign }) => ({
      assign,
      set: { ...set, ...(answerMs && { answerMs }), [slot.name]: undefined },
      condition: both(`#${slot.name} = :mine`, ...conditions),
      values: { ...values, mine: slot.until },
    }));
    const notes = all.map(({ conditions, ...learnt }) => ({
      ...learnt,
      condition: both('attribute_exists(#id)', ...conditions),
    }));
    return { releases, notes: health === undefined ? [] : notes };
  },

  /**
   * Records the health that a request without a slot showed. At most one of the updates succeeds.
   *
   * A failure creates the item, so that other workers see it. A success without an item writes nothing.
   */
  note: ({ health, took, failures, limits }: HealthNote, now: UnixMillis): readonly LimiterUpdate[] => {
    const expiresAt = toUnixSeconds(later(now, keptFor));
    const request = { isProbe: false, isByHand: false, limits };
    return learntFrom(request, { health, took }, now, failures).map(({ conditions, set, ...learnt }) => ({
      ...learnt,
      set: { ...set, expiresAt },
      condition: both(...(health === 'up' ? ['attribute_exists(#id)'] : []), ...conditions),
    }));
  },

  open: (
    { limiterKey, until, isProbe, of }: OpenedBy,
    openUntil: UnixMillis,
    now: UnixMillis,
  ): LimiterUpdate => ({
    set: { openUntil, ...spreadAttention(of.isRegistered ? openUntil : undefined, 'down', limiterKey) },
    assign: [
      isProbe ? '#probes = if_not_exists(#probes, :zero) + :one' : '#probes = :zero',
      '#openedAt = if_not_exists(#openedAt, :now)',
    ],
    condition: isProbe ? '#openUntil = :mine' : 'attribute_not_exists(#openUntil) AND #failures > :zero',
    values: { zero: 0, now, ...(isProbe && { one: 1, mine: until }) },
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

  /** Reserves the next time that the rate allows. */
  reservePlace: (interval: Millis, now: UnixMillis, upTo: UnixMillis): LimiterUpdate => ({
    assign: ['#nextAt = #nextAt + :interval'],
    condition: '#nextAt > :now AND #nextAt <= :upTo',
    values: { interval, now, upTo },
  }),

  /** Reserves the time after the last reservation. */
  reserveNext: (span: Millis, now: UnixMillis): LimiterUpdate => ({
    assign: ['#reservedUntil = #reservedUntil + :span'],
    condition: '#reservedUntil > :now',
    values: { span, now },
  }),

  /** Reserves a time when no delivery waits. */
  reserveFirst: (span: Millis, now: UnixMillis): LimiterUpdate => ({
    set: { reservedUntil: unixMillis(now + span), expiresAt: toUnixSeconds(later(now, keptFor)) },
    condition: 'attribute_not_exists(#reservedUntil) OR #reservedUntil <= :now',
    values: { now },
  }),
};

const closed = { openUntil: undefined, openedAt: undefined, ...attention(undefined) };
const quick = { slowAt: undefined, slowLeft: undefined };
const slowSince = (now: UnixMillis) => ({ slowAt: now, slowLeft: quickAgainAfter });
const unproven = { provenAt: undefined, ...quick };
const notFailing = { failingSince: undefined, failedAt: undefined };

const both = (...conditions: readonly string[]): string | undefined =>
  conditions.length === 0 ? undefined : conditions.join(' AND ');

/** What a request showed. */
interface Left {
  readonly health: EndpointHealth | undefined;
  /** The time to the response, or to the failure. */
  readonly took?: Millis;
}

/** What a request showed, as changes of the item, and their conditions. */
type Learnt = Pick<LimiterUpdate, 'set' | 'assign' | 'values'> & { readonly conditions: readonly string[] };

/** @param failures how many failures it stands for */
function learntFrom(
  { isProbe, isByHand, limits }: Pick<Slot, 'isProbe' | 'isByHand' | 'limits'>,
  { health, took = millis(0) }: Pick<Left, 'health' | 'took'>,
  now: UnixMillis,
  failures = 1,
): readonly Learnt[] {
  const always = { conditions: [], values: {} };
  // A successful manual send ends the endpoint's Retry-After.
  const welcome = isByHand ? { retryAfter: undefined } : {};
  const well = { failures: 0, probes: 0, ...notFailing, ...closed, ...welcome };
  switch (health) {
    case 'up':
      return succeeded({ ...well, provenAt: now });
    case 'slow':
      return [{ ...always, set: { ...well, provenAt: now, ...slowSince(now) } }];
    case 'hanging':
      return [{ ...always, set: { provenAt: undefined, ...slowSince(now) } }];
    case 'refusing':
      return failed({ failures: 0, probes: 0, provenAt: now, ...closed }, limits, now);
    case 'down':
      return failed({ provenAt: undefined, ...(took > quickWithin && slowSince(now)) }, limits, now).map(
        ({ assign = [], values, ...rest }) => ({
          ...rest,
          assign: [...assign, '#failures = if_not_exists(#failures, :zero) + :more'],
          values: { ...values, zero: 0, more: failures },
        }),
      );
    case undefined:
      // A probe that sent no request lets the next one probe at once.
      return [{ ...always, set: isProbe ? { openUntil: now } : {} }];
  }
}

/** Counts one more quick success of an endpoint that was slow, or ends that. */
const succeeded = (set: Readonly<Record<string, unknown>>): readonly Learnt[] => [
  {
    set: { ...set, ...quick },
    conditions: ['(attribute_not_exists(#slowLeft) OR #slowLeft <= :one)'],
    values: { one: 1 },
  },
  { set, assign: ['#slowLeft = #slowLeft - :one'], conditions: ['#slowLeft > :one'], values: { one: 1 } },
];

/** Counts one more failure in a row, or the first after a pause without requests. */
function failed(
  set: Readonly<Record<string, unknown>>,
  { disableAfter }: Slot['limits'],
  now: UnixMillis,
): readonly Learnt[] {
  const values = { now, paused: unixMillis(now - toMillis(disableAfter)) };
  const goesOn = '(attribute_not_exists(#failedAt) OR #failedAt > :paused)';
  const since = '#failingSince = if_not_exists(#failingSince, :now)';
  const restarted = { ...set, failedAt: now, failingSince: now };
  return [
    { set: { ...set, failedAt: now }, assign: [since], conditions: [goesOn], values },
    { set: restarted, conditions: ['#failedAt <= :paused'], values: { paused: values.paused } },
  ];
}
