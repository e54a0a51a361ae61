import type { Item } from '../../../testing/memory/dynamodb/values.ts';
import type { Step } from '../../crash/port-call.ts';
import { brokenOtherwise, type Others } from '../otherwise.ts';
import { brokenOf, fieldOf, numberIn, type Rule, unlike } from '../step.ts';

/** The promises that one write to a delivery breaks: what it has to compare, and what it has to leave behind. */
export const brokenByDelivery = (step: Step): readonly string[] =>
  step.is === undefined
    ? []
    : [...brokenOf([...standing(step.is), ...changing(step)]), ...brokenOtherwise(step, othersOf, changing)];

/** A delivery that another worker has, that has gone on, that is another's, or that has more to be taken back. */
const othersOf: Others = (was, { now }) => ({
  status: ['pending', 'held', 'delivered', 'failed', 'discarded'],
  leaseUntil: isPending(was) ? [now + 60_000] : [],
  claims: [numberIn(was, 'claims') + 1],
  round: [numberIn(was, 'round') + 1],
  attempts: [numberIn(was, 'attempts') + 1],
  nextAttemptAt: [now + 3_600_000],
  dueAt: [numberIn(was, 'dueAt') + 1],
  generation: ['another'],
  crashes: [numberIn(was, 'crashes') + 1],
  sweeps: [numberIn(was, 'sweeps') + 1],
  lastError: ['another'],
});

const isEnded = ({ status }: Item): boolean => status !== 'pending' && status !== 'held';
const isThere = (item: Item, name: string): boolean => item[name] !== undefined;

/** A manifest leads the sweep to a delivery before its first failure, wait or round after the first. */
const isFirst = (is: Item): boolean =>
  is['status'] === 'pending' && is['attempts'] === 0 && is['round'] === 1 && !isThere(is, 'nextAttemptAt');

/** The four partitions of each endpoint and status, worked out here once more. */
function partitionOf({ id, tenant, endpointId, status }: Item): string | undefined {
  const shard = 'abcdefghijklmnopqrstuvwxyz234567'.indexOf(String(id).charAt(0)) % 4;
  switch (status) {
    case 'held':
      return `${tenant}/${endpointId}#${shard}`;
    case 'failed':
    case 'discarded':
      return `${tenant}/${endpointId}#${status}#${shard}`;
    default:
      return undefined;
  }
}

/** In which indexes a delivery has to be. */
function standing(is: Item): readonly Rule[] {
  const { status, url } = is;
  const isPending = status === 'pending';
  const isHeld = status === 'held';
  return [
    [!isEnded(is) && !isFirst(is) && !isThere(is, 'dueShard'), 'unfinished, and not in the due index'],
    [isThere(is, 'dueAt') !== isThere(is, 'dueShard'), 'a due time without its place in the index'],
    [isEnded(is) && status !== 'failed' && isThere(is, 'dueAt'), 'over, and in the due index'],
    [is['heldBy'] !== partitionOf(is), 'not in the partition of stopped deliveries that its status needs'],
    [isHeld !== isThere(is, 'heldAt'), 'held since no time, or not held any more'],
    [url === undefined && !isThere(is, 'waitingBy'), 'not in the index of those that wait'],
    [!isPending && isThere(is, 'waitsSince'), 'still in the index of those that wait'],
    [!isPending && isThere(is, 'leaseUntil'), 'a lease on what is not pending'],
    [!isPending && isThere(is, 'nextAttemptAt'), 'a next attempt of what is not pending'],
    [isThere(is, 'leaseUntil') && isThere(is, 'waitsSince'), 'claimed, and waits'],
    [!isThere(is, 'endpointDay') || !isThere(is, 'listedAt'), 'not listed under its endpoint'],
    [url === undefined && !isThere(is, 'generation'), 'for no endpoint in particular'],
  ];
}

const changing = ({ name, args, was, is }: Step): readonly Rule[] => {
  if (is === undefined) return [];
  if (was === undefined) return [[name !== 'deliveries.create', 'a delivery that is gone was written']];
  return changes[name]?.(args, was, is) ?? [];
};

const isLive = (was: Item, now: unknown): boolean => numberIn(was, 'leaseUntil') > Number(now);
const isPending = ({ status }: Item): boolean => status === 'pending';
const one = (was: Item, name: string): number => numberIn(was, name) + 1;
const lifetimeFrom = (was: Item, now: unknown): number => Number(now) + numberIn(was, 'lifetime');

/** By port call: what the write must not have gone over, and what it leaves. */
const changes: Readonly<Record<string, (args: readonly unknown[], was: Item, is: Item) => readonly Rule[]>> =
  {
    'deliveries.claim': ([, attempt, until], was, is) => [
      [!isPending(was), 'a claim of what is not pending'],
      [isThere(was, 'leaseUntil'), 'two workers have a lease on one delivery'],
      [numberIn(was, 'attempts') >= Number(attempt), 'a claim of an attempt that is recorded'],
      [numberIn(was, 'nextAttemptAt') > Number(fieldOf(until, 'soon')), 'an attempt began too early'],
      ...unlike('a claim', is, { claims: one(was, 'claims'), leaseUntil: fieldOf(until, 'lease') }),
    ],
    'deliveries.claimSuspect': ([seen, attempt, now, lease], was, is) => [
      [!isPending(was), 'a claim of what is not pending'],
      [isLive(was, now), 'two workers have a lease on one delivery'],
      [was['claims'] !== fieldOf(seen, 'claims'), 'two workers claimed one suspect'],
      [numberIn(was, 'attempts') >= Number(attempt), 'a claim of an attempt that is recorded'],
      ...unlike('a claim of a suspect', is, {
        claims: one(was, 'claims'),
        crashes: one(was, 'crashes'),
        leaseUntil: lease,
      }),
    ],
    'deliveries.record': ([fence, record], was, is) => [
      [!isPending(was), 'a record of what is not pending'],
      [was['claims'] !== fieldOf(fence, 'claims'), 'a worker recorded over the claim of another one'],
      [was['round'] !== fieldOf(fence, 'round'), 'a worker recorded in a later round'],
      [is['status'] === 'delivered' && isThere(is, 'lastError'), 'a delivered one has an error'],
      ...unlike('a record', is, {
        leaseUntil: undefined,
        crashes: 0,
        sweeps: 0,
        status: fieldOf(record, 'status'),
        attempts: fieldOf(record, 'attempts'),
        nextAttemptAt: fieldOf(record, 'nextAttemptAt'),
        waitsSince: fieldOf(record, 'waitsSince'),
        dueAt: fieldOf(record, 'dueAt'),
        deadline: fieldOf(record, 'deadline') ?? was['deadline'],
      }),
    ],
    'deliveries.recordLateSuccess': ([fence], was, is) => [
      [was['round'] !== fieldOf(fence, 'round'), 'a success of another round ended a delivery'],
      [was['status'] === 'delivered' || was['status'] === 'discarded', 'a success of what is over'],
      ...unlike('a late success', is, { status: 'delivered' }),
    ],
    'deliveries.moveDue': ([seen, dueAt, sweeps, eventExpiresAt], was, is) => [
      [was['dueAt'] !== fieldOf(seen, 'dueAt'), 'two sweeps act on one due time'],
      ...unlike('a sweep', is, { dueAt, sweeps, eventExpiresAt }),
    ],
    'deliveries.noteCounted': ([, round], was, is) => [
      [was['round'] !== round || was['status'] !== 'failed', 'a count of another failure was noted'],
      ...unlike('a note', is, { countedRound: round }),
    ],
    'deliveries.clearDue': ([, round], was) => [
      [was['round'] !== round || !isEnded(was), 'an unfinished delivery left the due index'],
    ],
    'deliveries.defer': ([, attempt, times], was, is) => [
      [!isPending(was) || isThere(was, 'leaseUntil'), 'a delivery was deferred that a worker has'],
      [numberIn(was, 'attempts') >= Number(attempt), 'a recorded attempt was deferred'],
      [numberIn(was, 'nextAttemptAt') > Number(fieldOf(times, 'now')), 'a delivery was deferred twice'],
      [
        numberIn(was, 'deadline') <= Number(fieldOf(times, 'deadlineAfter') ?? -1),
        'a deferral near the deadline',
      ],
      ...unlike('a deferral', is, {
        nextAttemptAt: fieldOf(times, 'until'),
        dueAt: fieldOf(times, 'dueAt'),
        deadline: numberIn(was, 'deadline') + Number(fieldOf(times, 'extend')),
        waitsSince: was['waitsSince'] ?? fieldOf(times, 'waitsSince'),
      }),
      [
        fieldOf(times, 'isForEndpoint') === true && isThere(is, 'cause'),
        'a wait for an endpoint counts as our fault',
      ],
    ],
    'deliveries.endWait': ([seen, dueAt], was, is) => [
      [!isPending(was) || isThere(was, 'leaseUntil'), 'a wait was ended of what a worker has'],
      [was['nextAttemptAt'] !== fieldOf(seen, 'nextAttemptAt'), 'a wait was ended that is over'],
      ...unlike('the end of a wait', is, {
        nextAttemptAt: undefined,
        waitsSince: undefined,
        dueAt,
        sweeps: 0,
      }),
    ],
    'deliveries.hold': ([, now, dueAt], was, is) => [
      [!isPending(was), 'a delivery was held that is not pending'],
      [isLive(was, now), 'a delivery was held under a live lease'],
      ...unlike('a hold', is, { status: 'held', heldAt: now, sweeps: 0, dueAt }),
    ],
    'deliveries.release': ([seen, now, dueAt], was, is) => [
      [was['status'] !== 'held', 'a delivery was released that is not held'],
      ...unlike('a release', is, {
        status: 'pending',
        crashes: 0,
        sweeps: 0,
        // Of what was seen: the worlds shorten the lifetime in the table, so its publisher knows the longer one.
        deadline: Number(now) + Number(fieldOf(seen, 'lifetime')),
        dueAt,
      }),
    ],
    'deliveries.discard': ([seen, reason, now], was, is) => [
      [isEnded(was) || isLive(was, now), 'a delivery was discarded that is over, or that a worker has'],
      [was['generation'] !== fieldOf(seen, 'generation'), 'a delivery for another endpoint was discarded'],
      [
        /held for 30 days/.test(String(reason)) && numberIn(was, 'heldAt') + 30 * 86_400_000 > Number(now),
        'a delivery was held for less than 30 days',
      ],
      ...unlike('a discard', is, { status: 'discarded', lastError: reason }),
    ],
    'deliveries.reopen': ([seen, eventExpiresAt, now, dueAt, generation], was, is) => [
      [
        was['round'] !== fieldOf(seen, 'round') || was['status'] !== fieldOf(seen, 'status'),
        'two replays of one round',
      ],
      ...unlike('a replay', is, {
        status: 'pending',
        round: one(was, 'round'),
        crashes: 0,
        sweeps: 0,
        eventExpiresAt,
        generation,
        deadline: lifetimeFrom(was, now),
        dueAt,
        attemptsBefore: was['attempts'],
        nextAttemptAt: undefined,
      }),
    ],
  };
