import type { EndpointHealth, HealthNote, OpenedBy, Slot } from '../../../lambdas/domain/limiter-store.ts';
import type { Item } from '../../support/dynamodb/values.ts';
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
    'limiter.take': Object(args[2]).now,
    'limiter.takeByHand': args[1],
    'limiter.leave': args[2],
    'limiter.note': args[2],
    'limiter.open': args[2],
    'limiter.reserve': args[2],
    'limiter.reservePlace': args[2],
  };
  const now = at[name];
  return { name, args, now: typeof now === 'number' ? now : written, ...limits };
}

type Rule = readonly [isBroken: boolean, promise: string];

const timeIn = (item: Item | undefined, name: string): number => Number(item?.[name] ?? 0);
const slotsOf = (item: Item | undefined): string[] =>
  Object.keys(item ?? {}).filter((name) => /^(slot\d+|hand|probe)$/.test(name));

/** The promises that one write to a limiter breaks. */
export function brokenByLimiter(step: LimiterStep, was: Item | undefined, is: Item): readonly string[] {
  const rules: readonly Rule[] = [...rulesOf(step, was, is), ...attentionRules(is)];
  return rules.filter(([isBroken]) => isBroken).map(([, promise]) => promise);
}

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
    case 'limiter.reservePlace':
      return [
        [
          timeIn(is, 'nextAt') !== timeIn(was, 'nextAt') + Number(step.args[1]),
          'two requests have one place under the rate',
        ],
        [timeIn(was, 'nextAt') > now + 1_000, 'a task waits in its invocation for more than a second'],
      ];
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
  const taken = slotsOf(is).filter((slot) => is[slot] !== was?.[slot]);
  const { place } = Object(args[2]);
  const places = taken.map((slot) => Number(slot.slice('slot'.length)));
  return [
    [taken.some((slot) => timeIn(was, slot) > now), 'two requests in one slot'],
    [was?.['openUntil'] !== undefined, 'a request to an endpoint that is down, beside its probe'],
    [timeIn(was, 'retryAfter') > now, 'a request before Retry-After was over'],
    [place === undefined && timeIn(was, 'nextAt') > now, 'more requests than the rate of an endpoint allows'],
    [place !== undefined && Number(place) > now, 'a request before its place under the rate'],
    [
      place === undefined && perSecond !== undefined && timeIn(is, 'nextAt') < now + 1000 / perSecond,
      'a request that the rate does not know',
    ],
    [places.some((place) => place >= most), 'more requests at once than an endpoint allows'],
    [
      places.some((place) => place >= 2) && was?.['provenAt'] === undefined,
      'more than two requests at once to an endpoint that has not answered',
    ],
  ];
}

const isSlot = (value: unknown): value is Slot =>
  typeof value === 'object' && value !== null && 'limiterKey' in value;
const isHealth = (value: unknown): value is EndpointHealth => typeof value === 'string';

function leavingRules({ args, now, isCalm }: LimiterStep, was: Item | undefined, is: Item): readonly Rule[] {
  const [slot, health, , took] = args;
  if (!isSlot(slot)) return [];
  const isOurs = was?.[slot.name] === slot.until;
  const others = slotsOf(was).filter((name) => name !== slot.name || !isOurs);
  return [
    [others.some((name) => is[name] !== was?.[name]), 'a worker gave back the slot of another one'],
    // After a lost answer another worker may have taken the freed slot within the same millisecond.
    [isCalm && isOurs && is[slot.name] !== undefined, 'a worker kept its slot'],
    [was === undefined, 'an endpoint that is gone has a limiter again'],
    ...unlike(
      knownAfterLeave(
        knownOf(was),
        slot,
        { health: isHealth(health) ? health : undefined, took: Number(took ?? 0) },
        now,
      ),
      is,
      `an endpoint that is ${isHealth(health) ? health : 'not asked'}`,
    ),
  ];
}

const isNote = (value: unknown): value is HealthNote =>
  typeof value === 'object' && value !== null && 'health' in value && 'failures' in value;

function notingRules({ args, now }: LimiterStep, was: Item | undefined, is: Item): readonly Rule[] {
  const [, note] = args;
  if (!isNote(note)) return [];
  return [
    [slotsOf(is).some((name) => is[name] !== was?.[name]), 'a request without a slot changed a slot'],
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
  const isLate = slot.isProbe ? was?.['openUntil'] !== slot.until : was?.['openUntil'] !== undefined;
  const isDown = String(is['attention'] ?? '').startsWith('down');
  return [
    [isLate, 'a breaker was opened by a worker that is late'],
    [!slot.isProbe && timeIn(was, 'failures') === 0, 'a breaker opened after a success'],
    [isDown !== slot.of.isRegistered, 'an endpoint that is down does not count as down'],
    ...unlike(knownAfterOpen(knownOf(was), slot, now), is, 'a breaker that opened'),
  ];
}

function reservingRules({ args, now }: LimiterStep, was: Item | undefined, is: Item): readonly Rule[] {
  const span = Number(args[1]);
  const expected = Math.max(timeIn(was, 'reservedUntil'), now) + span;
  return [[timeIn(is, 'reservedUntil') !== expected, 'two tasks that wait have one time']];
}

const attentionRules = (is: Item): readonly Rule[] => [
  [is['openUntil'] === undefined && is['attentionAt'] !== undefined, 'an endpoint that works counts as down'],
];
