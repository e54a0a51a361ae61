import { isDeepStrictEqual } from 'node:util';
import { otherItems } from '../../../lambdas/domain/tables.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';
import type { Step } from '../../crash/port-call.ts';
import { brokenOtherwise, type Others } from '../otherwise.ts';
import { brokenOf, fieldOf, numberIn, type Rule, unlike } from '../step.ts';

/** The promises that one write to an endpoint, an event, a recovery or a tally breaks. */
export const brokenByOthers = (step: Step): readonly string[] =>
  isCount(step.is)
    ? brokenOf(counted(step.was, step.is))
    : [...brokenOf(changing(step)), ...brokenOtherwise(step, othersOf, changing)];

const changing = ({ name, args, was, is, now }: Step): readonly Rule[] =>
  changes[name]?.(args, was, is, now) ?? [];

/** An item that has changed since it was read, or that another worker has. */
const othersOf: Others = (was, { now }) => ({
  version: was['version'] === undefined ? [] : [numberIn(was, 'version') + 1],
  status: ['enabled', 'disabled', 'running', 'done', 'cancelled'],
  attentionAt: was['attentionAt'] === undefined ? [] : [numberIn(was, 'attentionAt') + 1],
  generation: was['generation'] === undefined ? [] : ['another'],
  leaseUntil: [now + 60_000],
  notifyAt: was['notifyAt'] === undefined ? [] : [numberIn(was, 'notifyAt') + 1],
  isWide: [true, undefined],
  fannedOutAt: [now],
  rangesLeft: [new Set(['another'])],
});

/** The count of a tenant's changes, which follows some of them. */
const isCount = (item: Item | undefined): item is Item =>
  String(item?.['tenant']).startsWith(otherItems.changes);

const counted = (was: Item | undefined, is: Item): readonly Rule[] => [
  [numberIn(is, 'changes') !== numberIn(was, 'changes') + 1, 'a change was not counted once'],
];

type Changes = (
  args: readonly unknown[],
  was: Item | undefined,
  is: Item | undefined,
  now: number,
) => readonly Rule[];

const isStale = (was: Item | undefined, seen: unknown): Rule => [
  was?.['version'] !== fieldOf(seen, 'version'),
  'an endpoint was changed that has changed since it was read',
];
const raised = (was: Item | undefined): number => numberIn(was, 'version') + 1;
const isOtherNote = (was: Item | undefined, seen: unknown): Rule => [
  was?.['attentionAt'] !== fieldOf(seen, 'attentionAt') ||
    was?.['generation'] !== fieldOf(seen, 'generation'),
  'a newer note of an endpoint was removed with an older one',
];

const isExpired = (was: Item | undefined, now: number): boolean => numberIn(was, 'expiresAt') * 1000 <= now;

const changes: Readonly<Record<string, Changes>> = {
  'endpoints.disable': ([seen, disabled], was, is) => [
    isStale(was, seen),
    [was?.['status'] !== 'enabled', 'a disabled endpoint was disabled'],
    ...unlike('a disablement', is, {
      status: 'disabled',
      version: raised(was),
      attention: 'yes',
      attentionAt: fieldOf(disabled, 'at'),
      heldEmptyAt: undefined,
    }),
  ],
  'endpoints.enable': ([seen, now], was, is) => [
    isStale(was, seen),
    ...unlike('enabling', is, {
      status: 'enabled',
      disabled: undefined,
      version: raised(was),
      attention: 'yes',
      attentionAt: now,
      heldEmptyAt: undefined,
    }),
  ],
  'endpoints.changeSettings': ([seen], was, is) => [
    isStale(was, seen),
    ...unlike('a change', is, { version: raised(was) }),
  ],
  'endpoints.changeSecrets': ([seen], was, is) => [
    isStale(was, seen),
    ...unlike('a rotation', is, { version: raised(was) }),
  ],
  'endpoints.resumeEndpoint': ([, now], was, is) => [
    [was?.['status'] !== 'enabled', 'what waits for a disabled endpoint is released'],
    ...unlike('a note to release', is, { attention: 'yes', attentionAt: now, heldEmptyAt: undefined }),
  ],
  'endpoints.markHeldEmpty': ([seen, at], was, is) => [
    isOtherNote(was, seen),
    ...unlike('a note of an empty index', is, { heldEmptyAt: at }),
  ],
  'endpoints.reconciled': ([seen], was, is) => {
    const reason = fieldOf(was?.['disabled'], 'reason');
    const isOurs = was?.['status'] === 'disabled' && reason !== 'manual';
    return [
      isOtherNote(was, seen),
      [is?.['attention'] === 'yes', 'a note stays although its work is done'],
      [
        isOurs !== String(is?.['attention'] ?? '').startsWith('down'),
        'an endpoint counts as down, or does not',
      ],
    ];
  },
  'endpoints.create': (_args, was, is) => [
    [was !== undefined && is?.['url'] !== undefined, 'a new endpoint replaced one with its id'],
  ],
  'endpoints.remove': ([seen], was, is) => [
    [
      is === undefined && was?.['version'] !== fieldOf(seen, 'version'),
      'an endpoint was deleted that has changed',
    ],
  ],
  'events.create': (_args, was, _is, now) => [
    [was !== undefined && !isExpired(was, now), 'a second publication replaced the first'],
  ],
  'events.keep': (_args, was, is) => [
    [was === undefined, 'an event that is gone was kept'],
    [numberIn(is, 'expiresAt') < numberIn(was, 'expiresAt'), 'an event is kept for less than before'],
  ],
  'events.markFannedOut': (_args, was) => [
    [was?.['isWide'] !== true, 'an event that is not for the tenant was marked'],
  ],
  'events.widen': (_args, was, is) => [
    [was === undefined || was['isWide'] === true, 'an event was widened twice'],
    ...unlike('widening', is, { isWide: true, fannedOutAt: undefined }),
  ],
  'events.split': ([, ranges], was, is) => [
    [was === undefined || was['rangesLeft'] !== undefined, 'the ranges of an event were replaced'],
    [was?.['fannedOutAt'] !== undefined, 'an event was split after it was fanned out'],
    [
      isDeepStrictEqual(new Set(listOf(is)), new Set(Array.isArray(ranges) ? ranges : [])) === false,
      'an event was split into other ranges',
    ],
  ],
  'events.rangeDone': ([, range], was, is) => [
    [was === undefined, 'a range of an event that is gone'],
    [
      !isDeepStrictEqual(new Set(listOf(is)), new Set(listOf(was).filter((left) => left !== range))),
      'another range than the one that is done was removed',
    ],
  ],
  'recoveries.create': (_args, was, is) => [
    [was !== undefined, 'a recovery replaced one with its id'],
    ...unlike('a recovery', is, { attention: 'jobs' }),
  ],
  'recoveries.claim': ([, now, until], was, is) => [
    [was?.['status'] !== 'running', 'a recovery was claimed that is over'],
    [numberIn(was, 'leaseUntil') > Number(now), 'two workers have one page of a recovery'],
    ...unlike('a claim of a recovery', is, { leaseUntil: until }),
  ],
  'recoveries.advance': ([expected, progress], was, is) => [
    [
      was?.['leaseUntil'] !== fieldOf(expected, 'leaseUntil'),
      'a worker that lost a recovery recorded its progress',
    ],
    [was?.['status'] !== 'running', 'progress of a recovery that is over'],
    ...unlike('progress', is, {
      status: fieldOf(progress, 'status'),
      leaseUntil: undefined,
      attention: fieldOf(progress, 'status') === 'running' ? 'jobs' : undefined,
    }),
    [
      !isDeepStrictEqual({ ...Object(is?.['place']) }, definedOf(fieldOf(progress, 'place'))),
      'progress at another place',
    ],
  ],
  'tallies.add': ([ended, , count], was, is) => {
    const more = Number(count ?? 1);
    const last = was?.['last'];
    const isSame =
      fieldOf(last, 'deliveryId') === fieldOf(ended, 'deliveryId') &&
      fieldOf(last, 'round') === fieldOf(ended, 'round');
    return [
      [isSame && was !== undefined && more === 1, 'a failure was counted twice'],
      ...unlike('a count', is, { count: numberIn(was, 'count') + more }),
      [is?.['attentionAt'] === undefined, 'a failure that operators are never notified of'],
    ];
  },
  'tallies.notified': ([tally, next], was, is) => [
    [was?.['notifyAt'] !== fieldOf(tally, 'notifyAt'), 'failures were taken off twice'],
    ...unlike('a notice', is, {
      count: numberIn(was, 'count') - Number(fieldOf(tally, 'count')),
      notifyAt: next,
    }),
  ],
};

function listOf(item: Item | undefined): unknown[] {
  const list = item?.['rangesLeft'];
  if (list instanceof Set) return [...list];
  return Array.isArray(list) ? list : [];
}

const definedOf = (value: unknown): object =>
  Object.fromEntries(Object.entries(Object(value)).filter(([, each]) => each !== undefined));
