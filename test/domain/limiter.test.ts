import { describe, expect, it } from 'vitest';
import {
  averageAnswer,
  breakerOf,
  breakerPause,
  decide,
  hasFailedTooLong,
  intervalOf,
  isClean,
  isFree,
  type LimiterState,
  opensBreaker,
  shareOf,
  spanOf,
  spreadOf,
  waitsForEndpoint,
} from '../../lambdas/domain/limiter.ts';
import { days, later, millis, seconds, unixMillis } from '../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const at = (span: number) => unixMillis(now + span);
const limits = { concurrent: 10, breakAfter: 5, disableAfter: days(5) };
const idle: LimiterState = { slots: {}, failures: 0, probes: 0 };
const slotsUntil = (...ends: readonly number[]) =>
  Object.fromEntries(ends.map((end, n) => [`t${n}`, { count: 1, until: at(end) }]));
const take = (count: number, ended = {}, isInLine = false) => ({ kind: 'take', count, ended, isInLine });

const failedAfter = (span: number) => ({
  slots: {},
  failures: 9,
  probes: 0,
  failingSince: now,
  failedAt: later(now, seconds(span)),
});

it('an endpoint has failed for too long when its last failure is five days after its first', () => {
  expect(hasFailedTooLong(failedAfter(5 * 86_400 - 1), limits)).toBe(false);
  expect(hasFailedTooLong(failedAfter(5 * 86_400), limits)).toBe(true);
  expect(hasFailedTooLong({ slots: {}, failures: 0, probes: 0 }, limits)).toBe(false);
  expect(hasFailedTooLong({ ...idle, failingSince: now }, limits)).toBe(false);
  expect(hasFailedTooLong({ ...idle, failedAt: now }, limits)).toBe(false);
});

describe('a request that got no slot at once', () => {
  const wait = (why: string, until: number) => ({ kind: 'wait', wait: { why, until: at(until) } });

  it('a request probes an open breaker as soon as its pause is over, and waits until then', () => {
    expect(decide({ ...idle, openUntil: at(1) }, limits, now)).toEqual(wait('breaker', 1));
    expect(decide({ ...idle, openUntil: now }, limits, now)).toEqual({ kind: 'probe', openUntil: now });
  });

  it('a request does not probe an open breaker before the end of Retry-After', () => {
    const patient = { ...idle, openUntil: at(-5), retryAfter: at(7) };

    expect(decide(patient, limits, now)).toEqual(wait('breaker', 7));
    expect(decide(patient, limits, at(7))).toEqual({ kind: 'probe', openUntil: at(-5) });
    expect(decide({ ...patient, openUntil: at(9) }, limits, now)).toEqual(wait('breaker', 9));
  });

  it('a request waits for Retry-After, then for the rate, each to the millisecond', () => {
    const state = { ...idle, retryAfter: at(20), nextAt: at(30) };

    expect(decide(state, limits, now)).toEqual(wait('retry-after', 20));
    const rated = { ...limits, perSecond: 1 };
    expect(decide({ ...state, nextAt: at(1_021) }, rated, at(20))).toEqual(wait('rate', 1_021));
    expect(decide(state, rated, at(20))).toEqual(take(1, {}, true));
    expect(decide(state, rated, at(30))).toEqual(take(1));
  });

  it('a request takes the first slot that is free, or whose worker has run out of time', () => {
    const proven = { ...idle, provenAt: now };

    const three = { ...limits, concurrent: 3 };
    const over = { t2: { count: 1, until: now } };
    expect(decide({ ...proven, slots: slotsUntil(5, 1, 0) }, three, now)).toEqual(take(1, over));
    expect(decide({ ...proven, slots: slotsUntil(5, 1, 0) }, limits, now)).toEqual(take(1));
    expect(decide({ ...proven, slots: slotsUntil(5, 1) }, three, now)).toEqual(take(1));
  });

  it('a request takes slots for other tasks of its worker, too, a quarter of all at most', () => {
    const proven = { ...idle, provenAt: now };

    expect(decide(proven, limits, now, 5)).toEqual(take(2));
    expect(decide(proven, { ...limits, concurrent: 40 }, now, 5)).toEqual(take(5));
    expect(decide({ ...proven, slots: slotsUntil(5, 5, 5) }, { ...limits, concurrent: 4 }, now, 5)).toEqual(
      take(1),
    );
    expect(decide(idle, { ...limits, concurrent: 40 }, now, 5)).toEqual(take(2));
    expect([1, 3, 7, 8, 100].map((concurrent) => shareOf({ ...limits, concurrent }))).toEqual([
      1, 1, 1, 2, 25,
    ]);
    const rated = { ...limits, concurrent: undefined };
    expect([0.5, 100, 1_000].map((perSecond) => shareOf({ ...rated, perSecond }))).toEqual([25, 25, 250]);
  });

  it('a request ends no more than four leases at once', () => {
    const slots = slotsUntil(0, 0, 0, 0, 0, 5);

    const decision = decide({ ...idle, provenAt: now, slots }, { ...limits, concurrent: 6 }, now);

    expect(decision).toEqual(take(1, slotsUntil(0, 0, 0, 0)));
  });

  it('a request takes no more slots than the leases that it ends leave free', () => {
    const slots = slotsUntil(...Array.from({ length: 20 }, () => 0));

    const decision = decide({ ...idle, provenAt: now, slots }, { ...limits, concurrent: 20 }, now, 10);

    expect(decision).toEqual(take(4, slotsUntil(0, 0, 0, 0)));
  });

  it('a request takes places under a rate that begin within a second, and no more', () => {
    const rated = { ...limits, concurrent: 100, perSecond: 4 };
    const proven = { ...idle, provenAt: now };

    expect(decide(proven, rated, now, 10)).toEqual(take(5));
    expect(decide({ ...proven, nextAt: at(500) }, rated, now, 10)).toEqual(take(3, {}, true));
    expect(decide({ ...proven, nextAt: at(1_000) }, rated, now, 10)).toEqual(take(1, {}, true));
    expect(decide({ ...proven, nextAt: at(1_001) }, rated, now, 10)).toEqual(wait('rate', 1_001));
    expect(spanOf(3, 999)).toBe(3.004);
  });

  it('a request waits until one more slot is free when every slot is taken', () => {
    const taken = { ...idle, provenAt: now, slots: slotsUntil(5, 1, 1) };

    expect(decide(taken, { ...limits, concurrent: 3 }, now)).toEqual(wait('concurrency', 334));
    expect(decide(taken, { ...limits, concurrent: 4 }, now)).toEqual(take(1));
  });

  it('a request to an endpoint that has not answered recently takes one of two slots, or of fewer', () => {
    const busy = { ...idle, slots: slotsUntil(5, 5) };

    expect(decide(busy, limits, now)).toEqual(wait('concurrency', 100));
    expect(decide({ ...busy, provenAt: now }, limits, now)).toEqual(take(1));
    expect(decide({ ...idle, slots: slotsUntil(5) }, { ...limits, concurrent: 1 }, now)).toEqual(
      wait('concurrency', 1000),
    );
  });
});

describe('an endpoint without limits', () => {
  const unlimited = { concurrent: undefined, breakAfter: 5, disableAfter: days(5) };

  it('an endpoint without limits needs no slot while nothing is known against it', () => {
    expect(isFree(idle, unlimited, now)).toBe(true);
    expect(isFree({ ...idle, provenAt: now, nextAt: at(9) }, unlimited, now)).toBe(true);
    expect(isFree({ ...idle, retryAfter: now }, unlimited, now)).toBe(true);
  });

  it.each<[string, Partial<LimiterState>]>([
    ['a failure', { failures: 1 }],
    ['failures that were answered', { failingSince: now }],
    ['an open breaker', { openUntil: at(-1) }],
    ['Retry-After', { retryAfter: at(1) }],
    ['a slow response', { slowAt: at(-9) }],
  ])('an endpoint without limits needs a slot after %s', (_what, state) => {
    expect(isClean({ ...idle, ...state }, now)).toBe(false);
    expect(isFree({ ...idle, ...state }, unlimited, now)).toBe(false);
  });

  it('an endpoint with a limit needs a slot for each request', () => {
    expect(isFree(idle, limits, now)).toBe(false);
    expect(isFree(idle, { ...unlimited, perSecond: 5 }, now)).toBe(false);
  });
});

describe('tasks that wait for a slot', () => {
  it('tasks that wait for the rate come back one interval apart, rounded up to milliseconds', () => {
    expect(intervalOf(3)).toBe(334);
    expect(spreadOf({ why: 'rate' }, { ...limits, perSecond: 3 }, idle)).toBe(334);
  });

  it('tasks that wait for a slot come back as fast as the endpoint responds in all its slots', () => {
    const { concurrent: _, ...unlimited } = limits;
    const quick = { answerMs: millis(20) };

    expect(spreadOf({ why: 'concurrency' }, limits, quick)).toBe(2);
    expect(spreadOf({ why: 'concurrency' }, { ...limits, concurrent: 50 }, { answerMs: millis(6_000) })).toBe(
      120,
    );
    expect(spreadOf({ why: 'concurrency' }, { ...limits, concurrent: 50 }, quick)).toBe(1);
    // Until the first response: as if it took a second.
    expect(spreadOf({ why: 'concurrency' }, { ...limits, perSecond: 3 }, idle)).toBe(100);
    expect(spreadOf({ why: 'retry-after' }, { ...limits, concurrent: 3, perSecond: 1 }, idle)).toBe(334);
    expect(spreadOf({ why: 'rate' }, limits, idle)).toBe(100);
    expect(spreadOf({ why: 'concurrency' }, unlimited, idle)).toBe(100);
    expect(spreadOf({ why: 'concurrency' }, { ...unlimited, perSecond: 9 }, idle)).toBe(10);
  });

  it('the time to a response is a moving average, so one slow response changes little', () => {
    expect(averageAnswer(undefined, millis(20))).toBe(20);
    expect(averageAnswer(millis(20), millis(6_020))).toBe(1_220);
    expect(averageAnswer(millis(1_220), millis(20))).toBe(980);
  });

  it('tasks wait for their endpoint with its breaker and its Retry-After, and for us with its limits', () => {
    const reasons = ['breaker', 'retry-after', 'rate', 'concurrency'] as const;

    expect(reasons.map((why) => waitsForEndpoint({ why }))).toEqual([true, true, false, false]);
  });
});

describe('a breaker', () => {
  it('a breaker pauses for 30 seconds, twice as long after each failed probe, and 15 minutes at most', () => {
    expect([0, 1, 2, 3, 4, 5, 60].map(breakerPause)).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  it('a breaker opens with the fifth failure in a row, once', () => {
    expect(opensBreaker({ ...idle, failures: 4 }, limits, false)).toBe(false);
    expect(opensBreaker({ ...idle, failures: 5 }, limits, false)).toBe(true);
    expect(opensBreaker({ ...idle, failures: 6 }, limits, false)).toBe(true);
    expect(opensBreaker({ ...idle, failures: 6, openUntil: now }, limits, false)).toBe(false);
  });

  it('a breaker stays open with every failed probe', () => {
    expect(opensBreaker({ ...idle, failures: 1, openUntil: now }, limits, true)).toBe(true);
  });

  it('a breaker is closed without a pause, and shows the failures so far', () => {
    const state = { ...idle, failures: 3, failingSince: at(-9), openedAt: at(-5) };

    expect(breakerOf(state, now)).toEqual({ state: 'closed', failures: 3, failingSince: at(-9) });
  });

  it('a breaker shows Retry-After until it is over', () => {
    const state = { ...idle, retryAfter: at(1) };

    expect(breakerOf(state, now)).toEqual({ state: 'closed', failures: 0, retryAfter: at(1) });
    expect(breakerOf(state, at(1))).toEqual({ state: 'closed', failures: 0 });
  });

  it('a breaker is open until its pause and Retry-After are over, and half-open then', () => {
    const state = { ...idle, failures: 5, openedAt: at(-9), openUntil: at(4), retryAfter: at(6) };
    const shown = { failures: 5, since: at(-9), nextProbeAt: at(6) };

    expect(breakerOf(state, at(5))).toEqual({ ...shown, state: 'open', retryAfter: at(6) });
    expect(breakerOf(state, at(6))).toEqual({ ...shown, state: 'half-open' });
    const { retryAfter: _, ...impatient } = state;
    expect(breakerOf(impatient, at(3))).toEqual({ ...shown, state: 'open', nextProbeAt: at(4) });
  });

  it('a breaker is half-open while a probe runs', () => {
    const probing = { ...idle, openUntil: at(9), probe: at(9) };

    expect(breakerOf(probing, now).state).toBe('half-open');
    expect(breakerOf({ ...probing, probe: now }, now).state).toBe('open');
  });
});
