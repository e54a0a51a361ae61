import type { FailureCause } from '../../../domain/delivery-failure.ts';
import {
  type AttemptRecord,
  type Deferral,
  type DeliveryFacts,
  dueShardOf,
  type Fence,
  type FinishedDelivery,
  type HeldDelivery,
  type PendingDelivery,
  type SuccessEntry,
} from '../../../domain/delivery-record.ts';
import type { DeliveryId } from '../../../domain/ids.ts';
import { isStopped, stoppedPartition } from '../../../domain/stopped-deliveries.ts';
import { type UnixMillis, type UnixSeconds, unixMillis } from '../../../domain/time.ts';
import type { ConditionalUpdate } from '../conditional-update.ts';

const isUnrecorded = '#status = :pending AND #attempts < :attempt';
const isUnleased = 'attribute_not_exists(#leaseUntil)';
const isDueSoon = '(attribute_not_exists(#nextAttemptAt) OR #nextAttemptAt <= :soon)';
const isDue = '(attribute_not_exists(#nextAttemptAt) OR #nextAttemptAt <= :now)';
const leaseIsOverAsSeen = '#claims = :seenClaims AND #leaseUntil <= :now';
const isMine = '#status = :pending AND #claims = :mine AND #round = :round';
const hasNoLiveLease = '(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)';
const isUndelivered = '#status IN (:pending, :failed, :held)';
const isEnded = 'NOT (#status IN (:pending, :held))';

const isOfGeneration = (generation: string | undefined): string =>
  generation === undefined ? 'attribute_not_exists(#generation)' : '#generation = :generation';

/** Each step of a delivery as one conditional update. */
export const deliveryUpdates = {
  claim: (
    id: DeliveryId,
    attempt: number,
    until: { readonly soon: UnixMillis; readonly lease: UnixMillis },
  ): ConditionalUpdate => ({
    id,
    set: { leaseUntil: until.lease, waitsSince: undefined },
    assign: ['#claims = #claims + :one'],
    condition: `${isUnrecorded} AND ${isUnleased} AND ${isDueSoon}`,
    changesOnly: true,
    values: { pending: 'pending', attempt, soon: until.soon, one: 1 },
  }),

  claimSuspect: (
    seen: PendingDelivery,
    attempt: number,
    now: UnixMillis,
    lease: UnixMillis,
  ): ConditionalUpdate => ({
    id: seen.id,
    set: { leaseUntil: lease },
    assign: ['#claims = #claims + :one', '#crashes = #crashes + :one'],
    condition: `${isUnrecorded} AND ${leaseIsOverAsSeen}`,
    changesOnly: true,
    values: { pending: 'pending', attempt, seenClaims: seen.claims, now, one: 1 },
  }),

  record: (fence: Fence, record: AttemptRecord): ConditionalUpdate => ({
    id: fence.id,
    set: { ...recorded(fence, record), leaseUntil: undefined, crashes: 0, sweeps: 0 },
    condition: isMine,
    changesOnly: true,
    values: { pending: 'pending', mine: fence.claims, round: fence.round },
  }),

  recordLateSuccess: (
    { id, round }: Fence,
    entry: SuccessEntry,
    expiresAt: UnixSeconds,
  ): ConditionalUpdate => ({
    id,
    set: { status: 'delivered', lastAttemptAt: entry.at, expiresAt, ...clearedOnEnd },
    assign: ['#attemptLog = list_append(#attemptLog, :entry)'],
    condition: `#round = :round AND ${isUndelivered}`,
    changesOnly: true,
    values: { round, entry: [entry], pending: 'pending', failed: 'failed', held: 'held' },
  }),

  moveDue: (
    seen: { readonly id: DeliveryId; readonly dueAt: UnixMillis },
    dueAt: UnixMillis,
    sweeps: number,
    eventExpiresAt: UnixSeconds,
  ): ConditionalUpdate => ({
    id: seen.id,
    set: { dueAt, sweeps, eventExpiresAt },
    condition: '#dueAt = :seen',
    values: { seen: seen.dueAt },
  }),

  noteCounted: (id: DeliveryId, round: number): ConditionalUpdate => ({
    id,
    set: { countedRound: round },
    condition: '#round = :round AND #status = :failed',
    changesOnly: true,
    values: { round, failed: 'failed' },
  }),

  clearDue: (id: DeliveryId, round: number): ConditionalUpdate => ({
    id,
    set: { dueAt: undefined, dueShard: undefined },
    condition: `#round = :round AND ${isEnded}`,
    values: { round, pending: 'pending', held: 'held' },
  }),

  defer: (
    id: DeliveryId,
    attempt: number,
    { now, until, dueAt, extend, waitsSince, isForEndpoint, deadlineAfter }: Deferral,
  ): ConditionalUpdate => ({
    id,
    set: {
      nextAttemptAt: until,
      dueAt,
      dueShard: dueShardOf(id),
      ...(isForEndpoint && { cause: undefined }),
    },
    assign: ['#deadline = #deadline + :extend', '#waitsSince = if_not_exists(#waitsSince, :since)'],
    condition: `${isUnrecorded} AND ${isUnleased} AND ${isDue}${deadlineAfter === undefined ? '' : ' AND #deadline > :deadlineAfter'}`,
    values: {
      pending: 'pending',
      attempt,
      now,
      extend,
      since: waitsSince,
      ...(deadlineAfter !== undefined && { deadlineAfter }),
    },
  }),

  endWait: ({ id, nextAttemptAt }: PendingDelivery, dueAt: UnixMillis): ConditionalUpdate => ({
    id,
    set: { nextAttemptAt: undefined, waitsSince: undefined, dueAt, dueShard: dueShardOf(id), sweeps: 0 },
    condition: `#status = :pending AND ${isUnleased} AND #nextAttemptAt = :seen`,
    values: { pending: 'pending', seen: nextAttemptAt },
  }),

  hold: (
    delivery: Pick<DeliveryFacts, 'id' | 'tenant' | 'endpointId'>,
    now: UnixMillis,
    dueAt: UnixMillis,
  ): ConditionalUpdate => ({
    id: delivery.id,
    set: {
      status: 'held',
      heldBy: stoppedPartition(delivery, 'held'),
      heldAt: now,
      sweeps: 0,
      dueAt,
      dueShard: dueShardOf(delivery.id),
      leaseUntil: undefined,
      nextAttemptAt: undefined,
      waitsSince: undefined,
    },
    condition: `#status = :pending AND ${hasNoLiveLease}`,
    values: { pending: 'pending', now },
  }),

  release: ({ id, lifetime }: HeldDelivery, now: UnixMillis, dueAt: UnixMillis): ConditionalUpdate => ({
    id,
    set: {
      status: 'pending',
      crashes: 0,
      sweeps: 0,
      deadline: unixMillis(now + lifetime),
      dueAt,
      heldBy: undefined,
      heldAt: undefined,
      expiresAt: undefined,
      cause: undefined,
    },
    condition: '#status = :held',
    values: { held: 'held' },
  }),

  discard: (
    delivery: Pick<DeliveryFacts, 'id' | 'tenant' | 'endpointId' | 'generation'>,
    reason: string,
    now: UnixMillis,
    expiresAt: UnixSeconds,
  ): ConditionalUpdate => ({
    id: delivery.id,
    set: {
      ...clearedOnEnd,
      status: 'discarded',
      lastError: reason,
      expiresAt,
      heldBy: stoppedPartition(delivery, 'discarded'),
    },
    condition: `(#status = :held OR (#status = :pending AND ${hasNoLiveLease})) AND ${isOfGeneration(delivery.generation)}`,
    values: {
      held: 'held',
      pending: 'pending',
      now,
      ...(delivery.generation !== undefined && { generation: delivery.generation }),
    },
  }),

  reopen: (
    { id, round, status, lifetime }: FinishedDelivery,
    eventExpiresAt: UnixSeconds,
    now: UnixMillis,
    dueAt: UnixMillis,
    generation: string | undefined,
  ): ConditionalUpdate => ({
    id,
    set: {
      status: 'pending',
      round: round + 1,
      crashes: 0,
      sweeps: 0,
      eventExpiresAt,
      generation,
      deadline: unixMillis(now + lifetime),
      dueAt,
      dueShard: dueShardOf(id),
      cause: undefined,
      expiresAt: undefined,
      heldBy: undefined,
      leaseUntil: undefined,
      nextAttemptAt: undefined,
    },
    assign: ['#attemptsBefore = #attempts'],
    condition: '#round = :seenRound AND #status = :seenStatus',
    values: { seenRound: round, seenStatus: status },
  }),
};

/** Attributes removed when a delivery ends. */
const clearedOnEnd = {
  leaseUntil: undefined,
  nextAttemptAt: undefined,
  dueAt: undefined,
  dueShard: undefined,
  heldBy: undefined,
  heldAt: undefined,
  waitsSince: undefined,
  cause: undefined,
};

/** The fields of all records of an attempt. */
interface RecordedFields extends Pick<AttemptRecord, 'status' | 'attempts' | 'attemptLog' | 'lastAttemptAt'> {
  readonly lastError?: string;
  readonly cause?: FailureCause;
  readonly nextAttemptAt?: UnixMillis;
  readonly waitsSince?: UnixMillis;
  readonly dueAt?: UnixMillis;
  readonly expiresAt?: UnixSeconds;
  readonly deadline?: UnixMillis;
}

const recorded = (fence: Fence, record: RecordedFields) => ({
  status: record.status,
  attempts: record.attempts,
  attemptLog: record.attemptLog,
  lastAttemptAt: record.lastAttemptAt,
  lastError: record.lastError,
  cause: record.cause,
  nextAttemptAt: record.nextAttemptAt,
  waitsSince: record.waitsSince,
  dueAt: record.dueAt,
  dueShard: record.dueAt === undefined ? undefined : dueShardOf(fence.id),
  expiresAt: record.expiresAt,
  ...(record.deadline !== undefined && { deadline: record.deadline }),
  ...(isStopped(record.status) && { heldBy: stoppedPartition(fence, record.status) }),
});
