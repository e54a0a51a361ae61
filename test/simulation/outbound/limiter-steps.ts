import { leaseName, parseLimiter } from '../../../lambdas/adapters/dynamodb/limiter/item.ts';
import type { Lease, Leases } from '../../../lambdas/domain/limiter.ts';
import type { HealthNote, OpenedBy, Shown, Slot } from '../../../lambdas/domain/limiter-store.ts';
import type { ItemWrite } from '../../../testing/memory/dynamodb/table.ts';
import type { Item, Value } from '../../../testing/memory/dynamodb/values.ts';
import { brokenOtherwise } from '../otherwise.ts';
import { brokenOf, type Rule } from '../step.ts';
import {
  differences,
  knownAfterLeave,
  knownAfterNote,
  knownAfterOpen,
  knownAfterReset,
  knownOf,
} from './limiter-model.ts';

/** A write to the limiter of an endpoint. */
export interface LimiterStep {
  /** Of the port call, with its arguments. */
  readonly name: string;
  readonly args: readonly unknown[];
  readonly now: number;
  /** Concurrent requests, and requests a second. */
  readonly most: number;
  readonly perSecond?: number;
  /** Whether nothing has gone wrong so far. */
  readonly isCalm: boolean;
}

/** A step at the time that its caller gave: other processes may have run since. */
export function limiterStep(
  name: string,
  args: readonly unknown[],
  written: number,
  limits: Pick<LimiterStep, 'most' | 'perSecond' | 'isCalm'>,
): LimiterStep {
  const at: Readonly<Record<string, unknown>> = {
    'limiter.take': Object(args[1]).now,
    'limiter.takeByHand': args[1],
    'limiter.leave': args[2],
    'limiter.note': args[2],
    'limiter.open': args[2],
    'limiter.reserve': args[2],
  };
  const now = at[name];
  return { name, args, now: typeof now === 'number' ? now : written, ...limits };
}

const timeIn = (item: Item | undefined, name: string): number => Number(item?.[name] ?? 0);
const leasesOf = (item: Item | undefined): Leases => parseLimiter(item).slots;
const countOf = (leases: Leases): number => Object.values(leases).reduce((sum, { count }) => sum + count, 0);
const isSame = (one: Lease | undefined, other: Lease | undefined): boolean =>
  one?.count === other?.count && one?.until === other?.until;
/** The leases that a write has changed. */
const changedIn = (was: Item | undefined, is: Item): readonly string[] => {
  const [before, after] = [leasesOf(was), leasesOf(is)];
  const tokens = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...tokens].filter((token) => !isSame(before[token], after[token]));
};
const singles = ['hand', 'handBy', 'probe'] as const;
const changedSingles = (was: Item | undefined, is: Item) =>
  singles.filter((name) => was?.[name] !== is[name]);

/** The promises that one write to a limiter breaks. */
export const brokenByLimiter = (
  step: LimiterStep,
  { was, is, would }: Pick<ItemWrite, 'was' | 'would'> & { readonly is: Item },
): readonly string[] => [
  ...brokenOf([...rulesOf(step, was, is), ...countRules(is), ...attentionRules(is)]),
  ...brokenOtherwise(
    { ...step, was, is, would },
    (item) => othersOf(item, step.now),
    (other) => (other.is === undefined ? [] : rulesOf(step, other.was, other.is)),
    [fullyLeased(was, step.now)],
  ),
];

/** A limiter that another worker has changed since it was read. */
function othersOf(was: Item, now: number): Readonly<Record<string, readonly (Value | undefined)[]>> {
  const leases = Object.entries(leasesOf(was)).map(([token, { count }]) => [
    leaseName(token),
    [{ count, until: now + 60_000 }],
  ]);
  return {
    openUntil: [now + 60_000, undefined],
    retryAfter: [now + 3_600_000],
    nextAt: [now + 5_000],
    hand: [now + 60_000],
    failures: [0],
    provenAt: [undefined],
    reservedUntil: [now + 60_000],
    ...Object.fromEntries(leases),
  };
}

/** All slots that an endpoint may have are taken. */
const fullyLeased = (was: Item | undefined, now: number): Item => ({
  [leaseName('another')]: { count: 100, until: now + 60_000 },
  taken: Number(was?.['taken'] ?? 0) + 100,
});

function rulesOf(step: LimiterStep, was: Item | undefined, is: Item): readonly Rule[] {
  const { name, now } = step;
  switch (name) {
    case 'limiter.take':
      return takingRules(step, was, is);
    case 'limiter.probe':
      return [
        [timeIn(was, 'openUntil') > now, 'a probe of an endpoint that is down before its pause was over'],
        [was?.['openUntil'] === undefined, 'a probe of an endpoint that is not down'],
        // Not compared with now: its process may have stood still before the write.
        [timeIn(is, 'openUntil') <= timeIn(was, 'openUntil'), 'a probe that does not keep others back'],
      ];
    case 'limiter.takeByHand':
      return [[timeIn(was, 'hand') > now, 'two requests by hand at once']];
    case 'limiter.hold':
      return [[timeIn(was, 'retryAfter') > timeIn(is, 'retryAfter'), 'a Retry-After was shortened']];
    case 'limiter.leave':
      return leavingRules(step, was, is);
    case 'limiter.note':
      return notingRules(step, was, is);
    case 'limiter.open':
      return openingRules(step, was, is);
    case 'limiter.reset':
      return unlike(knownAfterReset(knownOf(was)), is, 'a reset');
    case 'limiter.clearPlaces':
      return [
        [is['reservedUntil'] !== undefined, 'a raised limit leaves what waits at its old times'],
        ...unlike(knownOf(was), is, 'a raised limit'),
      ];
    case 'limiter.reserve':
      return reservingRules(step, was, is);
    default:
      return [];
  }
}

const unlike = (expected: ReturnType<typeof knownOf>, is: Item, what: string): readonly Rule[] =>
  differences(expected, knownOf(is)).map((name) => [true, `${what} left a limiter with another ${name}`]);

function takingRules(
  { args, now, most, perSecond }: LimiterStep,
  was: Item | undefined,
  is: Item,
): readonly Rule[] {
  const [before, after] = [leasesOf(was), leasesOf(is)];
  const ended = Object.keys(before).filter((token) => after[token] === undefined);
  const taken = Number(Object(args[1]).count);
  return [
    [ended.some((token) => (before[token]?.until ?? 0) > now), 'two requests in one slot'],
    [was?.['openUntil'] !== undefined, 'a request to an endpoint that is down, beside its probe'],
    [timeIn(was, 'retryAfter') > now, 'a request before Retry-After was over'],
    [countOf(after) > most, 'more requests at once than an endpoint allows'],
    [
      countOf(after) > 2 && was?.['provenAt'] === undefined,
      'more than two requests at once to an endpoint that has not answered',
    ],
    ...(perSecond === undefined ? [] : placeRules(taken, perSecond, now, was, is)),
  ];
}

/** What a comparison of times that are no whole milliseconds may be off, in ms. */
const inexact = 0.01;

function placeRules(
  taken: number,
  perSecond: number,
  now: number,
  was: Item | undefined,
  is: Item,
): readonly Rule[] {
  const first = Math.max(timeIn(was, 'nextAt'), now);
  const last = first + ((taken - 1) * 1_000) / perSecond;
  return [
    [
      timeIn(is, 'nextAt') < last + 1_000 / perSecond - inexact,
      'more requests than the rate of an endpoint allows',
    ],
    [last > now + 1_000 + inexact, 'a task waits in its invocation for more than a second'],
  ];
}

const isSlot = (value: unknown): value is Slot =>
  typeof value === 'object' && value !== null && 'limiterKey' in value;
const isShown = (value: unknown): value is Shown =>
  typeof value === 'object' && value !== null && 'health' in value;

function leavingRules({ args, now, isCalm }: LimiterStep, was: Item | undefined, is: Item): readonly Rule[] {
  const [slot, shown, , count = 1] = args;
  if (!isSlot(slot)) return [];
  const { held } = slot;
  const own = held.kind === 'lease' ? held.token : undefined;
  const isOurs = own !== undefined && isSame(leasesOf(was)[own], held.kind === 'lease' ? held : undefined);
  const others = changedIn(was, is).filter((token) => token !== own || !isOurs);
  const isOwnHand = held.kind === 'hand' && was?.['handBy'] === held.token;
  const isOwnProbe = held.kind === 'probe' && was?.['probe'] === held.until;
  const otherSingles = changedSingles(was, is).filter((name) => !(name === 'probe' ? isOwnProbe : isOwnHand));
  const left = own === undefined ? 0 : (leasesOf(is)[own]?.count ?? 0);
  return [
    [others.length + otherSingles.length > 0, 'a worker gave back the slot of another one'],
    // After a lost answer another worker may have taken the freed slot within the same millisecond.
    [
      isCalm && isOurs && held.kind === 'lease' && left !== held.count - Number(count),
      'a worker kept its slot',
    ],
    [was === undefined, 'an endpoint that is gone has a limiter again'],
    ...unlike(
      knownAfterLeave(knownOf(was), slot, isShown(shown) ? shown : undefined, now),
      is,
      `an endpoint that is ${isShown(shown) ? shown.health : 'not asked'}`,
    ),
  ];
}

const countRules = (is: Item): readonly Rule[] => [
  [Number(is['taken'] ?? 0) !== countOf(leasesOf(is)), 'a limiter counts slots that no worker has'],
];

const isNote = (value: unknown): value is HealthNote =>
  typeof value === 'object' && value !== null && 'health' in value && 'failures' in value;

function notingRules({ args, now }: LimiterStep, was: Item | undefined, is: Item): readonly Rule[] {
  const [, note] = args;
  if (!isNote(note)) return [];
  return [
    [
      changedIn(was, is).length + changedSingles(was, is).length > 0,
      'a request without a slot changed a slot',
    ],
    [was === undefined && note.health === 'up', 'a success without a slot was written'],
    [note.health === 'down' && note.failures < 1, 'a failure was noted that counts as none'],
    [note.limits.concurrent !== undefined, 'a request to an endpoint with limits had no slot'],
    [Number(is['expiresAt'] ?? 0) * 1000 <= now, 'what is noted of an endpoint is forgotten at once'],
    ...unlike(knownAfterNote(knownOf(was), note, now), is, `an endpoint of which ${note.health} was noted`),
  ];
}

const isOpenedBy = (value: unknown): value is OpenedBy =>
  typeof value === 'object' && value !== null && 'limiterKey' in value;

function openingRules({ args, now }: LimiterStep, was: Item | undefined, is: Item): readonly Rule[] {
  const [slot] = args;
  if (!isOpenedBy(slot)) return [];
  const isLate = was?.['openUntil'] !== slot.probeUntil;
  const isDown = String(is['attention'] ?? '').startsWith('down');
  return [
    [isLate, 'a breaker was opened by a worker that is late'],
    [slot.probeUntil === undefined && timeIn(was, 'failures') === 0, 'a breaker opened after a success'],
    [isDown !== slot.of.isRegistered, 'an endpoint that is down does not count as down'],
    ...unlike(knownAfterOpen(knownOf(was), slot, now), is, 'a breaker that opened'),
  ];
}

function reservingRules({ args, now }: LimiterStep, was: Item | undefined, is: Item): readonly Rule[] {
  const span = Number(args[1]) * Number(args[3] ?? 1);
  const expected = Math.max(timeIn(was, 'reservedUntil'), now) + span;
  return [[timeIn(is, 'reservedUntil') !== expected, 'two tasks that wait have one time']];
}

const attentionRules = (is: Item): readonly Rule[] => [
  [is['openUntil'] === undefined && is['attentionAt'] !== undefined, 'an endpoint that works counts as down'],
];
