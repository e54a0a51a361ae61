import { days, later, type Millis, toUnixSeconds, type UnixMillis, unixMillis } from '../../domain/time.ts';
import type { ConditionalUpdate } from './conditional-update.ts';

/** A change of a gate's item. */
export type GateUpdate = Omit<ConditionalUpdate, 'id' | 'tenant'>;

/** What is known about an endpoint after a request, if anything. */
export type Health = 'up' | 'slow' | 'refusing' | 'down' | undefined;

/** What leaving needs to know of a pass. */
export interface LeftPass {
  readonly gate: string;
  readonly slot: string;
  readonly until: UnixMillis;
  readonly isProbe: boolean;
}

/** When a slot is taken, and until when. */
export interface TakeTimes {
  readonly now: UnixMillis;
  readonly until: UnixMillis;
  readonly nextAt?: UnixMillis;
  /** Only at an endpoint whose last request succeeded. */
  readonly ifProven: boolean;
}

/** Remembers a failing endpoint for longer than its deliveries can wait. */
const keptFor = days(60);

/** Each step at a gate as one conditional update. */
export const gateUpdates = {
  take: (slot: string, { now, until, nextAt, ifProven }: TakeTimes): GateUpdate => {
    const isFree = `(attribute_not_exists(#${slot}) OR #${slot} <= :now)`;
    const isInTime = '(attribute_not_exists(#nextAt) OR #nextAt <= :now)';
    const isProven = ifProven ? ' AND attribute_exists(#provenAt)' : '';
    return {
      set: { [slot]: until, ...(nextAt && { nextAt }), expiresAt: toUnixSeconds(later(now, keptFor)) },
      condition: `${isFree} AND ${isInTime} AND attribute_not_exists(#openUntil)${isProven}`,
      values: { now },
    };
  },

  probe: (seenOpenUntil: UnixMillis, until: UnixMillis): GateUpdate => ({
    set: { probe: until, openUntil: until },
    condition: '#openUntil = :seen',
    values: { seen: seenOpenUntil },
  }),

  /** Frees the slot that is still ours. */
  leave: ({ slot, until }: LeftPass, learnt: Learnt): GateUpdate => ({
    ...learnt,
    set: { ...learnt.set, [slot]: undefined },
    condition: `#${slot} = :mine`,
    values: { ...learnt.values, mine: until },
  }),

  /** Somebody else has the slot by now; what was learnt counts all the same. */
  learn: (learnt: Learnt): GateUpdate => ({ ...learnt, condition: 'attribute_exists(#id)' }),

  open: ({ until, isProbe }: LeftPass, openUntil: UnixMillis): GateUpdate => ({
    set: { openUntil },
    assign: [isProbe ? '#probes = if_not_exists(#probes, :zero) + :one' : '#probes = :zero'],
    condition: isProbe ? '#openUntil = :mine' : 'attribute_not_exists(#openUntil) AND #failures > :zero',
    values: { zero: 0, ...(isProbe && { one: 1, mine: until }) },
  }),

  failAnew: (failedAt: UnixMillis): GateUpdate => ({
    set: { failingSince: failedAt },
    condition: '#failedAt = :seen',
    values: { seen: failedAt },
  }),

  /** As if nothing were known about the endpoint; whoever is in stays in. */
  reset: (): GateUpdate => ({
    set: { failures: 0, probes: 0, ...notFailing, openUntil: undefined, provenAt: undefined },
    condition: 'attribute_exists(#id)',
    values: {},
  }),

  /** Behind the last one who waits. */
  reserveNext: (span: Millis, now: UnixMillis): GateUpdate => ({
    assign: ['#reservedUntil = #reservedUntil + :span'],
    condition: '#reservedUntil > :now',
    values: { span, now },
  }),

  /** Nobody waits. */
  reserveFirst: (span: Millis, now: UnixMillis): GateUpdate => ({
    set: { reservedUntil: unixMillis(now + span) },
    condition: 'attribute_not_exists(#reservedUntil) OR #reservedUntil <= :now',
    values: { now },
  }),
};

const notFailing = { failingSince: undefined, failedAt: undefined, failedBefore: undefined };

type Learnt = Omit<GateUpdate, 'condition'>;

/** What an attempt's end changes. */
export function learntFrom({ isProbe }: LeftPass, health: Health, now: UnixMillis): Learnt {
  const failed = [
    '#failingSince = if_not_exists(#failingSince, :failedAt)',
    '#failedBefore = if_not_exists(#failedAt, :failedAt)',
    '#failedAt = :failedAt',
  ];
  switch (health) {
    case 'up':
      return {
        set: { failures: 0, probes: 0, provenAt: now, ...notFailing, openUntil: undefined },
        values: {},
      };
    case 'slow':
      return {
        set: { failures: 0, probes: 0, provenAt: undefined, ...notFailing, openUntil: undefined },
        values: {},
      };
    case 'refusing':
      return {
        set: { failures: 0, probes: 0, provenAt: now, openUntil: undefined },
        assign: failed,
        values: { failedAt: now },
      };
    case 'down':
      return {
        set: { provenAt: undefined },
        assign: ['#failures = if_not_exists(#failures, :zero) + :one', ...failed],
        values: { zero: 0, one: 1, failedAt: now },
      };
    case undefined:
      // A probe that did not come to its request leaves the next one its turn.
      return { set: isProbe ? { openUntil: now } : {}, values: {} };
  }
}
