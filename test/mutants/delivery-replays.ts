import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, held, listed, noExpiry, noRepeat, ownEndpoint, waits } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';

/** Mistakes in a replay's write. */
export const deliveryReplays = mutantsOf(
  { file: 'lambdas/adapters/dynamodb/deliveries/updates.ts', caughtBy: contracts },
  [
    {
      name: 'a replay does not compare the round that was seen',
      breaks: noRepeat,
      from: "'#round = :seenRound AND #status",
      to: "'(#round = :seenRound OR attribute_exists(#id)) AND #status",
    },
    {
      name: 'a replay does not compare the status that was seen',
      breaks: noRepeat,
      from: "#round = :seenRound AND #status = :seenStatus'",
      to: "#round = :seenRound AND (#status = :seenStatus OR attribute_exists(#id))'",
    },
    {
      name: 'a replay begins no new round',
      breaks: noRepeat,
      from: 'round: round + 1,',
      to: 'round,',
    },
    {
      name: 'a replay leaves the count of crashes',
      breaks: deliveryEnds,
      from: 'round: round + 1,\n      crashes: 0,',
      to: 'round: round + 1,',
    },
    {
      name: 'a replay leaves the count of sweeps',
      breaks: deliveryEnds,
      from: 'crashes: 0,\n      sweeps: 0,\n      eventExpiresAt,',
      to: 'crashes: 0,\n      eventExpiresAt,',
    },
    {
      name: 'a replay does not note until when its event is kept',
      breaks: noExpiry,
      from: 'sweeps: 0,\n      eventExpiresAt,\n      generation,',
      to: 'sweeps: 0,\n      generation,',
    },
    {
      name: 'a replay to the current endpoint keeps the earlier generation',
      breaks: ownEndpoint,
      from: 'eventExpiresAt,\n      generation,\n      deadline',
      to: 'eventExpiresAt,\n      deadline',
    },
    {
      name: 'a replay leaves the deadline',
      breaks: everyEvent,
      from: 'generation,\n      deadline: unixMillis(now + lifetime),',
      to: 'generation,',
    },
    {
      name: 'a replay is not in the due index',
      breaks: deliveryEnds,
      from: 'dueShard: dueShardOf(id),\n      cause: undefined,',
      to: 'cause: undefined,',
    },
    {
      name: 'a replay expires with the round before it',
      breaks: noExpiry,
      from: 'cause: undefined,\n      expiresAt: undefined,\n      heldBy: undefined,',
      to: 'cause: undefined,\n      heldBy: undefined,',
    },
    {
      name: 'a replay is listed as failed until its end',
      breaks: listed,
      from: 'heldBy: undefined,\n      leaseUntil: undefined,\n      nextAttemptAt: undefined,\n    },\n    assign',
      to: 'leaseUntil: undefined,\n      nextAttemptAt: undefined,\n    },\n    assign',
    },
    {
      name: 'a replay has no fresh retry schedule',
      breaks: everyEvent,
      from: "assign: ['#attemptsBefore = #attempts'],",
      to: '',
    },
  ],
);

/** Mistakes in how a delivery enters the indexes, and how they are read. */
export const deliveryIndexes = [
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/deliveries/item.ts', caughtBy: contracts }, [
    {
      name: 'a new delivery is not in the due index',
      breaks: deliveryEnds,
      from: 'dueShard: isDue(delivery) ? dueShardOf(delivery.id) : undefined,',
      to: '',
    },
    {
      name: 'a delivery that is created held is not in the held index',
      breaks: held,
      from: 'heldBy: stoppedPartition(delivery, delivery.status),',
      to: '',
    },
    {
      name: 'a new delivery is not in the index of those that wait',
      breaks: waits,
      from: 'waitingBy: waitingByFor(delivery),',
      to: '',
    },
    {
      name: 'a new delivery is not listed under its endpoint',
      breaks: waits,
      from: 'endpointDay: endpointDayFor(delivery),',
      to: '',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/deliveries/due.ts', caughtBy: contracts }, [
    {
      name: 'the sweep reads the first page of the due index only',
      breaks: deliveryEnds,
      from: 'next: LastEvaluatedKey };',
      to: 'next: undefined };',
    },
    {
      name: 'the sweep takes what is not due yet',
      breaks: noRepeat,
      from: "'#shard = :shard AND #dueAt <= :now'",
      to: "'#shard = :shard AND #dueAt >= :now'",
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/deliveries/stopped.ts', caughtBy: contracts }, [
    {
      name: 'a page goes beyond an instant of which a partition has more',
      breaks: listed,
      from: ' && instantOf(key) * sign < cutAt',
      to: '',
      outsideSimulation: 'its recoveries have fewer deliveries than a page',
    },
    {
      name: 'a page of one instant ends the list',
      breaks: listed,
      from: 'from !== undefined && !hasProgress(keys, bounds)',
      to: 'from !== undefined && false',
      outsideSimulation: 'its recoveries have fewer deliveries than a page',
    },
  ]),
  ...mutantsOf(
    {
      file: 'lambdas/adapters/dynamodb/batch-read.ts',
      caughtBy: 'test/adapters/dynamodb/batch-reads.test.ts',
    },
    [
      {
        name: 'a batch read leaves out what DynamoDB left out',
        breaks: waits,
        from: 'Keys = read.UnprocessedKeys?.[table]?.Keys;',
        to: 'Keys = undefined;',
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/deliveries/by-endpoint.ts', caughtBy: contracts }, [
    {
      name: 'a batch read may miss the last write',
      breaks: waits,
      from: 'ConsistentRead: true',
      to: 'ConsistentRead: false',
      caughtBy: 'test/adapters/dynamodb/consistent-reads.test.ts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/deliveries/endpoint-index.ts', caughtBy: contracts }, [
    {
      name: 'a release finds deliveries that began to wait after it',
      breaks: waits,
      from: "'#by = :by AND #since <= :upTo'",
      to: "'#by = :by AND #since >= :upTo'",
    },
    {
      name: 'a count of waiting deliveries is called exact though there are more',
      breaks: waits,
      from: 'isExact: pages.every(({ LastEvaluatedKey }) => LastEvaluatedKey === undefined)',
      to: 'isExact: true',
      outsideSimulation: 'the simulation shows no counts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/put-if-absent.ts', caughtBy: contracts }, [
    {
      name: 'a second delivery or event replaces the first',
      breaks: everyEvent,
      from: "'attribute_not_exists(#id) OR #expiresAt <= :nowSeconds'",
      to: "'attribute_not_exists(#id) OR attribute_exists(#id) OR #expiresAt <= :nowSeconds'",
    },
    {
      name: 'an expired item that TTL has not deleted is in the way of a new one',
      breaks: deliveryEnds,
      outsideSimulation: 'no run publishes or replays an event when it expires',
      from: "'attribute_not_exists(#id) OR #expiresAt <= :nowSeconds'",
      to: "'attribute_not_exists(#id) OR (attribute_not_exists(#id) AND #expiresAt <= :nowSeconds)'",
    },
    {
      name: 'a read of a delivery or an event may miss the last write',
      breaks: deliveryEnds,
      from: 'Key: { id }, ConsistentRead: true',
      to: 'Key: { id }',
      caughtBy: 'test/adapters/dynamodb/consistent-reads.test.ts',
    },
  ]),
];
