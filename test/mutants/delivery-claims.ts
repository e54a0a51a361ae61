import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, listed, noRepeat, seenSuccess, waits } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';

/** Mistakes in the conditional updates of a delivery: claim, record, defer. */
export const deliveryClaims = mutantsOf(
  { file: 'lambdas/adapters/dynamodb/deliveries/updates.ts', caughtBy: contracts },
  [
    {
      name: 'a claim or deferral does not compare the status of the delivery',
      breaks: noRepeat,
      from: "const isUnrecorded = '#status = :pending AND",
      to: "const isUnrecorded = '(#status = :pending OR attribute_exists(#id)) AND",
    },
    {
      name: 'a delivery that failed is not listed as such',
      breaks: listed,
      from: '...(isStopped(record.status) && { heldBy: stoppedPartition(fence, record.status) }),',
      to: '',
    },
    {
      name: 'a claim or deferral takes an attempt that is recorded',
      breaks: noRepeat,
      from: "#attempts < :attempt'",
      to: "(#attempts < :attempt OR attribute_exists(#id))'",
    },
    {
      name: 'a claim ignores the lease of another worker',
      breaks: noRepeat,
      from: '${isUnrecorded} AND ${isUnleased} AND ${isDueSoon}',
      to: '${isUnrecorded} AND ${isDueSoon}',
    },
    {
      name: 'a claim does not wait until the attempt is due',
      breaks: everyEvent,
      from: "const isDueSoon = '(attribute_not_exists(#nextAttemptAt) OR",
      to: "const isDueSoon = '(attribute_exists(#id) OR attribute_not_exists(#nextAttemptAt) OR",
    },
    {
      name: 'a claim does not raise the fencing token',
      breaks: noRepeat,
      from: "waitsSince: undefined },\n    assign: ['#claims = #claims + :one'],",
      to: "waitsSince: undefined },\n    assign: ['#sweeps = #sweeps + :one'],",
    },
    {
      name: 'a claimed delivery stays in the index of those that wait',
      breaks: waits,
      from: 'set: { leaseUntil: until.lease, waitsSince: undefined },',
      to: 'set: { leaseUntil: until.lease },',
    },
    {
      name: 'a claim of a suspect does not compare the claims that were seen',
      breaks: noRepeat,
      from: "'#claims = :seenClaims AND",
      to: "'(#claims = :seenClaims OR attribute_exists(#id)) AND",
    },
    {
      name: 'a claim of a suspect takes over a live lease',
      breaks: noRepeat,
      from: "#claims = :seenClaims AND #leaseUntil <= :now'",
      to: "#claims = :seenClaims AND (#leaseUntil <= :now OR attribute_exists(#id))'",
    },
    {
      name: 'a claim of a suspect does not count its crash',
      breaks: deliveryEnds,
      from: "['#claims = #claims + :one', '#crashes = #crashes + :one']",
      to: "['#claims = #claims + :one']",
    },
    {
      name: 'a claim of a suspect does not raise the fencing token',
      breaks: noRepeat,
      from: "['#claims = #claims + :one', '#crashes = #crashes + :one']",
      to: "['#crashes = #crashes + :one']",
    },
    {
      name: 'a record does not compare the status of the delivery',
      breaks: noRepeat,
      from: "const isMine = '#status = :pending AND",
      to: "const isMine = '(#status = :pending OR attribute_exists(#id)) AND",
    },
    {
      name: 'a record does not compare the fencing token',
      breaks: noRepeat,
      from: '#claims = :mine AND',
      to: '(#claims = :mine OR attribute_exists(#id)) AND',
    },
    {
      name: 'a record does not compare the round',
      breaks: noRepeat,
      from: "#claims = :mine AND #round = :round'",
      to: "#claims = :mine AND (#round = :round OR attribute_exists(#id))'",
    },
    {
      name: 'a record leaves the lease',
      breaks: everyEvent,
      from: '...recorded(fence, record), leaseUntil: undefined,',
      to: '...recorded(fence, record),',
    },
    {
      name: 'a record leaves the count of crashes',
      breaks: deliveryEnds,
      from: 'leaseUntil: undefined, crashes: 0, sweeps: 0 },\n    condition: isMine',
      to: 'leaseUntil: undefined, sweeps: 0 },\n    condition: isMine',
    },
    {
      name: 'a record leaves the count of sweeps',
      breaks: deliveryEnds,
      from: 'crashes: 0, sweeps: 0 },\n    condition: isMine',
      to: 'crashes: 0 },\n    condition: isMine',
    },
    {
      name: 'a recorded retry is not in the due index',
      breaks: deliveryEnds,
      from: 'dueShard: record.dueAt === undefined ? undefined : dueShardOf(fence.id),',
      to: 'dueShard: undefined,',
    },
    {
      name: 'a recorded retry keeps its earlier due time',
      breaks: everyEvent,
      from: 'dueAt: record.dueAt,',
      to: '',
    },
    {
      name: 'a recorded retry is not in the index of those that wait',
      breaks: waits,
      from: 'waitsSince: record.waitsSince,',
      to: '',
    },
    {
      name: 'a record does not set its new deadline',
      breaks: everyEvent,
      from: '...(record.deadline !== undefined && { deadline: record.deadline }),',
      to: '',
    },
    {
      name: 'a success keeps the error of the attempt before it',
      breaks: seenSuccess,
      from: 'lastError: record.lastError,',
      to: '...(record.lastError !== undefined && { lastError: record.lastError }),',
    },
    {
      name: 'a record does not write when the next attempt is due',
      breaks: everyEvent,
      from: 'nextAttemptAt: record.nextAttemptAt,',
      to: '',
    },
    {
      name: 'a late success does not compare the round',
      breaks: everyEvent,
      from: '`#round = :round AND ${isUndelivered}`',
      to: '`(#round = :round OR attribute_exists(#id)) AND ${isUndelivered}`',
    },
    {
      name: 'a late success is refused on a pending delivery',
      breaks: seenSuccess,
      from: "'#status IN (:pending, :failed, :held)'",
      to: "'#status IN (:pending, :failed, :held) AND #status <> :pending'",
    },
    {
      name: 'a late success is refused on a failed delivery',
      breaks: seenSuccess,
      from: "'#status IN (:pending, :failed, :held)'",
      to: "'#status IN (:pending, :failed, :held) AND #status <> :failed'",
    },
    {
      name: 'a late success is refused on a held delivery',
      breaks: seenSuccess,
      from: "'#status IN (:pending, :failed, :held)'",
      to: "'#status IN (:pending, :failed, :held) AND #status <> :held'",
    },
    {
      name: 'a late success is recorded on a delivery that has ended',
      breaks: noRepeat,
      from: "'#status IN (:pending, :failed, :held)'",
      to: "'(#status IN (:pending, :failed, :held) OR attribute_exists(#id))'",
    },
    {
      name: 'a deferral ignores the lease of another worker',
      breaks: noRepeat,
      from: '${isUnrecorded} AND ${isUnleased} AND ${isDue}$',
      to: '${isUnrecorded} AND ${isDue}$',
    },
    {
      name: 'a delivery is deferred twice for one wait',
      breaks: everyEvent,
      from: "const isDue = '(attribute_not_exists(#nextAttemptAt) OR",
      to: "const isDue = '(attribute_exists(#id) OR attribute_not_exists(#nextAttemptAt) OR",
    },
    {
      name: 'a deferral does not look at the deadline',
      breaks: everyEvent,
      from: "' AND #deadline > :deadlineAfter'",
      to: "' AND (#deadline > :deadlineAfter OR attribute_exists(#id))'",
    },
    {
      name: 'a deferral leaves the due time',
      breaks: everyEvent,
      from: 'nextAttemptAt: until,\n      dueAt,',
      to: 'nextAttemptAt: until,',
    },
    {
      name: 'a deferral does not move the deadline',
      breaks: everyEvent,
      from: "'#deadline = #deadline + :extend'",
      to: "'#lifetime = #lifetime + :extend'",
    },
    {
      name: 'a deferral overwrites since when the delivery waits',
      breaks: waits,
      from: 'if_not_exists(#waitsSince, :since)',
      to: ':since',
    },
    {
      name: 'a deferral for the endpoint keeps the mark of our own fault',
      breaks: deliveryEnds,
      from: '...(isForEndpoint && { cause: undefined }),',
      to: '',
    },
  ],
);
