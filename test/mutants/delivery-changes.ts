import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const {
  deliveryEnds,
  everyEvent,
  held,
  limits,
  listed,
  noExpiry,
  noRepeat,
  ownEndpoint,
  seenSuccess,
  waits,
} = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';

/** Mistakes in what holds, releases, moves, ends and reopens a delivery. */
export const deliveryChanges = mutantsOf(
  { file: 'lambdas/adapters/dynamodb/deliveries/updates.ts', caughtBy: contracts },
  [
    {
      name: 'a second sweep moves a delivery that the first one has moved',
      breaks: noRepeat,
      from: "condition: '#dueAt = :seen',",
      to: "condition: '#dueAt = :seen OR attribute_exists(#id)',",
    },
    {
      name: 'a sweep is not counted on the delivery',
      breaks: limits,
      from: 'set: { dueAt, sweeps, eventExpiresAt },',
      to: 'set: { dueAt, eventExpiresAt },',
    },
    {
      name: 'a sweep does not note until when the event is kept',
      breaks: noExpiry,
      from: 'set: { dueAt, sweeps, eventExpiresAt },',
      to: 'set: { dueAt, sweeps },',
    },
    {
      name: 'a failure of an earlier round is noted as counted',
      breaks: deliveryEnds,
      from: "'#round = :round AND #status = :failed'",
      to: "'(#round = :round OR attribute_exists(#id)) AND #status = :failed'",
    },
    {
      name: 'a delivery that has not failed is noted as counted',
      breaks: deliveryEnds,
      from: "'#round = :round AND #status = :failed'",
      to: "'#round = :round AND (#status = :failed OR attribute_exists(#id))'",
    },
    {
      name: 'a replay is taken out of the due index with the round before it',
      breaks: deliveryEnds,
      from: '`#round = :round AND ${isEnded}`',
      to: '`(#round = :round OR attribute_exists(#id)) AND ${isEnded}`',
    },
    {
      name: 'an unfinished delivery is taken out of the due index',
      breaks: deliveryEnds,
      from: "'NOT (#status IN (:pending, :held))'",
      to: "'(NOT (#status IN (:pending, :held)) OR attribute_exists(#id))'",
    },
    {
      name: 'an ended delivery stays in the due index',
      breaks: deliveryEnds,
      from: 'set: { dueAt: undefined, dueShard: undefined },',
      to: 'set: { sweeps: 0 },',
    },
    {
      name: 'the end of a wait ignores the lease of a worker',
      breaks: noRepeat,
      from: '`#status = :pending AND ${isUnleased} AND #nextAttemptAt',
      to: '`#status = :pending AND #nextAttemptAt',
    },
    {
      name: 'the end of a wait does not compare the wait that was seen',
      breaks: noRepeat,
      from: '#nextAttemptAt = :seen`',
      to: '(#nextAttemptAt = :seen OR attribute_exists(#id))`',
    },
    {
      name: 'the end of a wait leaves when the next attempt is due',
      breaks: waits,
      from: 'set: { nextAttemptAt: undefined, waitsSince: undefined, dueAt,',
      to: 'set: { waitsSince: undefined, dueAt,',
    },
    {
      name: 'the end of a wait leaves the delivery in the index of those that wait',
      breaks: waits,
      from: 'set: { nextAttemptAt: undefined, waitsSince: undefined, dueAt,',
      to: 'set: { nextAttemptAt: undefined, dueAt,',
    },
    {
      name: 'the end of a wait leaves the due time',
      breaks: deliveryEnds,
      from: 'waitsSince: undefined, dueAt, dueShard: dueShardOf(id), sweeps: 0 },',
      to: 'waitsSince: undefined, sweeps: 0 },',
    },
    {
      name: 'the end of a wait leaves the count of sweeps',
      breaks: deliveryEnds,
      from: 'dueShard: dueShardOf(id), sweeps: 0 },',
      to: 'dueShard: dueShardOf(id) },',
    },
    {
      name: 'a delivery is held while a request of it is under way',
      breaks: noRepeat,
      from: 'condition: `#status = :pending AND ${hasNoLiveLease}`',
      to: 'condition: `#status = :pending AND (${hasNoLiveLease} OR attribute_exists(#id))`',
    },
    {
      name: 'a delivery that has ended is held',
      breaks: noRepeat,
      from: 'condition: `#status = :pending AND ${hasNoLiveLease}`',
      to: 'condition: `(#status = :pending OR attribute_exists(#id)) AND ${hasNoLiveLease}`',
    },
    {
      name: 'a held delivery is not in the held index',
      breaks: held,
      from: "heldBy: stoppedPartition(delivery, 'held'),",
      to: '',
    },
    {
      name: 'a held delivery keeps its due time',
      breaks: held,
      from: 'dueAt,\n      dueShard: dueShardOf(delivery.id),',
      to: 'dueShard: dueShardOf(delivery.id),',
    },
    {
      name: 'a held delivery keeps the lease of its dead worker',
      breaks: everyEvent,
      from: 'dueShard: dueShardOf(delivery.id),\n      leaseUntil: undefined,',
      to: 'dueShard: dueShardOf(delivery.id),',
    },
    {
      name: 'a held delivery keeps when its next attempt was due',
      breaks: everyEvent,
      from: 'leaseUntil: undefined,\n      nextAttemptAt: undefined,\n      waitsSince: undefined,\n    },\n    condition: `#status = :pending AND',
      to: 'leaseUntil: undefined,\n      waitsSince: undefined,\n    },\n    condition: `#status = :pending AND',
    },
    {
      name: 'a held delivery stays in the index of those that wait',
      breaks: waits,
      from: 'nextAttemptAt: undefined,\n      waitsSince: undefined,\n    },\n    condition: `#status = :pending AND',
      to: 'nextAttemptAt: undefined,\n    },\n    condition: `#status = :pending AND',
    },
    {
      name: 'a delivery is released that is not held',
      breaks: noRepeat,
      from: "condition: '#status = :held',",
      to: "condition: '#status = :held OR attribute_exists(#id)',",
    },
    {
      name: 'a release leaves the count of crashes',
      breaks: deliveryEnds,
      from: "status: 'pending',\n      crashes: 0,\n      sweeps: 0,\n      deadline",
      to: "status: 'pending',\n      sweeps: 0,\n      deadline",
    },
    {
      name: 'a release leaves the count of sweeps',
      breaks: deliveryEnds,
      from: "status: 'pending',\n      crashes: 0,\n      sweeps: 0,\n      deadline",
      to: "status: 'pending',\n      crashes: 0,\n      deadline",
    },
    {
      name: 'a release leaves the deadline',
      breaks: held,
      from: 'sweeps: 0,\n      deadline: unixMillis(now + lifetime),\n      dueAt,\n      heldBy',
      to: 'sweeps: 0,\n      dueAt,\n      heldBy',
    },
    {
      name: 'a release leaves the due time',
      breaks: deliveryEnds,
      from: 'dueAt,\n      heldBy: undefined,',
      to: 'heldBy: undefined,',
    },
    {
      name: 'a released delivery stays in the held index',
      breaks: held,
      from: 'dueAt,\n      heldBy: undefined,',
      to: 'dueAt,',
    },
    {
      name: 'a delivery of a deleted endpoint that is pending is not discarded',
      breaks: deliveryEnds,
      from: '(#status = :held OR (#status = :pending AND ${hasNoLiveLease}))',
      to: '(#status = :held AND (#status <> :pending OR ${hasNoLiveLease}))',
    },
    {
      name: 'a delivery of a deleted endpoint that is held is not discarded',
      breaks: deliveryEnds,
      from: '(#status = :held OR (#status = :pending AND ${hasNoLiveLease}))',
      to: '(#status <> :held AND (#status = :pending AND ${hasNoLiveLease}))',
    },
    {
      name: 'a delivery is discarded while a request of it is under way',
      breaks: seenSuccess,
      from: '(#status = :pending AND ${hasNoLiveLease}))',
      to: '(#status = :pending AND (${hasNoLiveLease} OR attribute_exists(#id))))',
    },
    {
      name: 'a delivery of another generation is discarded',
      breaks: ownEndpoint,
      from: "'#generation = :generation'",
      to: "'(#generation = :generation OR attribute_exists(#id))'",
    },
    {
      name: 'a delivery with a generation is discarded as one without',
      breaks: ownEndpoint,
      from: "generation === undefined ? 'attribute_not_exists(#generation)'",
      to: "generation === undefined ? 'attribute_exists(#id)'",
    },
    {
      name: 'an ended delivery stays in the held index',
      breaks: held,
      from: 'dueShard: undefined,\n  heldBy: undefined,',
      to: 'dueShard: undefined,',
    },
    {
      name: 'a discarded delivery is not listed as such',
      breaks: listed,
      from: "heldBy: stoppedPartition(delivery, 'discarded'),",
      to: '',
    },
    {
      name: 'a late success leaves the delivery in the due index',
      breaks: deliveryEnds,
      from: 'nextAttemptAt: undefined,\n  dueAt: undefined,\n  dueShard: undefined,',
      to: 'nextAttemptAt: undefined,',
    },
    {
      name: 'an ended delivery stays in the index of those that wait',
      breaks: waits,
      from: 'heldAt: undefined,\n  waitsSince: undefined,',
      to: 'heldAt: undefined,',
    },
  ],
);
