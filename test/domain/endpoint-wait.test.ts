import { expect, it } from 'vitest';
import { endpointWait } from '../../lambdas/domain/endpoint-wait.ts';
import type { LimiterState } from '../../lambdas/domain/limiter.ts';
import { millis, unixMillis } from '../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const at = (span: number) => unixMillis(now + span);
const idle: LimiterState = { slots: {}, failures: 0, probes: 0, provenAt: now };
const taken = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`${nth}`, { count: 1, until: at(5_000) }]));
const none = { concurrent: undefined, perSecond: undefined };

const waits: readonly [
  string,
  Partial<LimiterState>,
  { readonly concurrent?: number; readonly perSecond?: number },
  object,
][] = [
  ['its breaker', { openUntil: at(9), failures: 5, slots: taken(9) }, none, { why: 'breaker', until: at(9) }],
  ['a probe that is due', { openUntil: at(-9), failures: 5 }, none, { why: 'breaker', until: at(-9) }],
  ['Retry-After', { retryAfter: at(9) }, { perSecond: 1 }, { why: 'retry-after', until: at(9) }],
  ['nothing but their schedule', {}, none, { why: 'schedule' }],
  ['their schedule, beside a free slot', { slots: taken(3) }, { concurrent: 4 }, { why: 'schedule' }],
  ['their schedule, if a line is over', { reservedUntil: now }, { concurrent: 4 }, { why: 'schedule' }],
  ['their schedule, of an endpoint that is free again', { reservedUntil: at(9) }, none, { why: 'schedule' }],
  [
    'all slots of an endpoint',
    { slots: taken(4), answerMs: millis(800) },
    { concurrent: 4 },
    { why: 'concurrency', slots: { taken: 4, of: 4 }, answerMs: 800 },
  ],
  ['the slots, and a rate', { slots: taken(4) }, { concurrent: 4, perSecond: 1 }, { why: 'concurrency' }],
  [
    'a line for the slots',
    { slots: { 0: { count: 1, until: at(-1) } }, reservedUntil: at(70_000) },
    { concurrent: 4 },
    { why: 'concurrency', slots: { taken: 0, of: 4 }, lastPlaceAt: at(70_000) },
  ],
  [
    'a rate',
    { reservedUntil: at(70_000), slots: taken(1) },
    { concurrent: 4, perSecond: 1 },
    { why: 'rate', slots: { taken: 1, of: 4 }, lastPlaceAt: at(70_000) },
  ],
  [
    'a response',
    { slots: taken(2), provenAt: undefined },
    { concurrent: 4 },
    { why: 'unproven', slots: { taken: 2, of: 2 } },
  ],
  [
    'a quick response',
    { slots: taken(10), slowAt: at(-9) },
    none,
    { why: 'slow', slots: { taken: 10, of: 10 } },
  ],
  ['a success', { slots: taken(10), failingSince: at(-9) }, none, { why: 'failing' }],
];

it.each(waits)('the deliveries of an endpoint wait for %s', (_what, state, limits, wait) => {
  expect(endpointWait({ ...idle, ...state }, limits, now)).toMatchObject(wait);
});
