import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { held, notices, ownEndpoint, secrets, versions, waits } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const consistent = 'test/adapters/dynamodb/consistent-reads.test.ts';

const updates = mutantsOf({ file: 'lambdas/adapters/dynamodb/endpoints/updates.ts', caughtBy: contracts }, [
  {
    name: 'a change of an endpoint does not compare its version',
    breaks: versions,
    from: "const isAsSeen = '#version = :seen';",
    to: "const isAsSeen = '(#version = :seen OR attribute_exists(#id))';",
  },
  {
    name: 'a change of an endpoint leaves its version',
    breaks: versions,
    from: 'updatedAt: now, version: version + 1 },',
    to: 'updatedAt: now },',
  },
  {
    name: 'a disabled endpoint keeps its version',
    breaks: versions,
    from: 'version: version + 1,\n      ...attention',
    to: '...attention',
  },
  {
    name: 'a disabled endpoint has no note for the operators',
    breaks: notices,
    from: '...attention(disabled.at),',
    to: '',
  },
  {
    name: 'an enabled endpoint has no note to release what is held',
    breaks: held,
    from: '...attention(now),\n    }),',
    to: '}),',
  },
  {
    name: 'an enabled endpoint is still disabled',
    breaks: held,
    from: "status: 'enabled',\n      disabled: undefined,",
    to: "status: 'enabled',",
  },
  {
    name: 'a note to release goes to a disabled endpoint',
    breaks: waits,
    from: "condition: '#status = :enabled',",
    to: "condition: '#status = :enabled OR attribute_exists(#id)',",
  },
  {
    name: 'a note to release is not written',
    breaks: waits,
    from: 'set: { heldEmptyAt: undefined, ...attention(now) },',
    to: 'set: { heldEmptyAt: undefined },',
  },
  {
    name: 'a note to release keeps since when nothing was held',
    breaks: held,
    from: 'set: { heldEmptyAt: undefined, ...attention(now) },',
    to: 'set: { ...attention(now) },',
  },
  {
    name: 'secrets that are sealed again replace a rotation',
    breaks: secrets,
    from: 'set: { secrets, headers },\n    condition: isAsSeen,\n    values: { seen: version },',
    to: "set: { secrets, headers },\n    condition: 'attribute_exists(#id)',\n    values: {},",
  },
  {
    name: 'a newer note of an endpoint is removed with an older one',
    breaks: held,
    from: '`#attentionAt = :noted AND',
    to: '`(#attentionAt = :noted OR attribute_exists(#id)) AND',
  },
  {
    name: 'a note of an endpoint is removed by the earlier endpoint with its id',
    breaks: ownEndpoint,
    from: "'#generation = :generation'",
    to: "'(#generation = :generation OR attribute_exists(#id))'",
  },
  {
    name: 'an endpoint that we disabled does not count as down',
    breaks: notices,
    from: 'isDisabledByUs(seen) ? seen.disabled?.at : undefined',
    to: 'undefined',
    outsideSimulation: 'the simulation looks at no metrics',
  },
  {
    name: 'a removed note leaves the endpoint among those to work on',
    breaks: held,
    from: "...spreadAttention(isDisabledByUs(seen) ? seen.disabled?.at : undefined, 'down', hashOf(seen)),",
    to: '',
  },
  {
    name: 'a setting that a change leaves out stays',
    breaks: versions,
    from: 'change(seen, now, { ...withoutOptionalFields, ...settings })',
    to: 'change(seen, now, { ...settings })',
  },
  {
    name: 'when nothing was held is not noted',
    breaks: held,
    from: 'set: { heldEmptyAt: at },',
    to: 'set: { heldEmptyAt: undefined },',
  },
]);

const stores = [
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/endpoints/changes.ts', caughtBy: contracts }, [
    {
      name: 'a new endpoint replaces one with its id',
      breaks: ownEndpoint,
      from: "ConditionExpression: 'attribute_not_exists(#id)',",
      to: "ConditionExpression: 'attribute_not_exists(#id) OR attribute_exists(#id)',",
    },
    {
      name: 'an endpoint that has changed is deleted',
      breaks: versions,
      from: "ConditionExpression: '#version = :seen',",
      to: "ConditionExpression: '#version = :seen OR attribute_exists(#version)',",
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/endpoints/store.ts', caughtBy: contracts }, [
    {
      name: 'a read of an endpoint may miss the last write',
      breaks: held,
      from: 'Key: { tenant, id }, ConsistentRead: true',
      to: 'Key: { tenant, id }',
      caughtBy: consistent,
    },
    {
      name: 'a page of endpoints may miss the last write',
      breaks: promises.everyEvent,
      from: 'ConsistentRead: true,\n          Limit',
      to: 'Limit',
      caughtBy: consistent,
    },
    {
      name: 'a page of endpoints begins again with the first',
      breaks: promises.everyEvent,
      from: '...(after !== undefined && { ExclusiveStartKey: { tenant, id: after } }),',
      to: '',
    },
    {
      name: 'a range of endpoints has no end',
      breaks: promises.everyEvent,
      from: 'next === upTo ? undefined : next',
      to: 'next',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/endpoints/item.ts', caughtBy: contracts }, [
    {
      name: 'an endpoint that is only counted as down is worked on',
      breaks: notices,
      from: 'attentionAt === undefined || kind !== needsAttention ? endpoint',
      to: 'attentionAt === undefined ? endpoint',
    },
    {
      name: 'the work on all endpoints that are down is in one partition',
      breaks: promises.limits,
      from: 'Number.parseInt(hash.slice(0, 2), 16) % attentionIndex.shards',
      to: '0',
      caughtBy: 'test/adapters/dynamodb/spread-writes.test.ts',
      outsideSimulation: 'the simulation looks at no metrics',
    },
  ]),
];

const recoveries = mutantsOf({ file: 'lambdas/adapters/dynamodb/recoveries.ts', caughtBy: contracts }, [
  {
    name: 'a recovery replaces one with its id',
    breaks: waits,
    from: "ConditionExpression: 'attribute_not_exists(#id)',",
    to: "ConditionExpression: 'attribute_not_exists(#id) OR attribute_exists(#id)',",
  },
  {
    name: 'a new recovery is not among those that run',
    breaks: waits,
    from: ", ...attention(recovery.createdAt, 'jobs') };",
    to: ' };',
  },
  {
    name: 'a recovery that is cancelled or done is claimed',
    breaks: waits,
    from: "'#status = :running AND (attribute_not_exists(#leaseUntil)",
    to: "'(#status = :running OR attribute_exists(#id)) AND (attribute_not_exists(#leaseUntil)",
  },
  {
    name: 'two workers have one page of a recovery',
    breaks: promises.noRepeat,
    from: 'OR #leaseUntil <= :now)',
    to: 'OR #leaseUntil <= :now OR attribute_exists(#id))',
  },
  {
    name: 'a recovery whose worker died is not gone on with',
    breaks: waits,
    from: 'OR #leaseUntil <= :now)',
    to: 'OR (attribute_not_exists(#id) AND #leaseUntil <= :now))',
  },
  {
    name: 'a worker that lost its page records its progress',
    breaks: waits,
    from: "#leaseUntil = :mine'",
    to: "(#leaseUntil = :mine OR attribute_exists(#id))'",
  },
  {
    name: 'a recovery is forgotten after its first page',
    breaks: waits,
    from: "...(progress.status !== 'running' && attention(undefined)),",
    to: '...attention(undefined),',
  },
  {
    name: 'a recovery that is done is looked at each minute',
    breaks: waits,
    from: "...(progress.status !== 'running' && attention(undefined)),",
    to: '',
  },
  {
    name: 'the lease of a page outlives its record',
    breaks: waits,
    from: 'updatedAt: now,\n  leaseUntil: undefined,',
    to: 'updatedAt: now,',
  },
  {
    name: 'a recovery that is done is cancelled',
    breaks: waits,
    from: "condition: '#status = :running',",
    to: "condition: '#status = :running OR attribute_exists(#id)',",
  },
  {
    name: 'a read of a recovery may miss the last write',
    breaks: waits,
    from: 'Key: { tenant, id }, ConsistentRead: true',
    to: 'Key: { tenant, id }',
    caughtBy: consistent,
  },
]);

const tallies = mutantsOf({ file: 'lambdas/adapters/dynamodb/failure-tallies.ts', caughtBy: contracts }, [
  {
    name: 'a failure is counted twice when its write is repeated',
    breaks: notices,
    from: "condition: 'NOT (#last.#deliveryId = :deliveryId AND #last.#round = :round)',",
    to: "condition: 'attribute_not_exists(#id) OR attribute_exists(#id) OR NOT (#last.#deliveryId = :deliveryId AND #last.#round = :round)',",
  },
  {
    name: 'a failure in a later round is not counted',
    breaks: notices,
    from: '#last.#deliveryId = :deliveryId AND #last.#round = :round)',
    to: '#last.#deliveryId = :deliveryId AND (#last.#round = :round OR attribute_exists(#id)))',
  },
  {
    name: 'the count of failures expires before it is notified',
    breaks: notices,
    from: "attention: spreadAttention(now, 'tallies', name).attention,\n    expiresAt: undefined,",
    to: "attention: spreadAttention(now, 'tallies', name).attention,",
  },
  {
    name: 'a count of failures is not among those to notify',
    breaks: notices,
    from: "attention: spreadAttention(now, 'tallies', name).attention,",
    to: '',
  },
  {
    name: 'each failure is notified at once',
    breaks: notices,
    from: "'#attentionAt = if_not_exists(#notifyAt, :now)'",
    to: "'#attentionAt = :now'",
  },
  {
    name: 'failures that came since a notice was read are forgotten',
    breaks: notices,
    from: '`${isAsSeen} AND #count = :notified`',
    to: '`${isAsSeen} AND (#count = :notified OR attribute_exists(#id))`',
  },
  {
    name: 'two sweeps subtract one notice twice',
    breaks: notices,
    from: "const isAsSeen = '#notifyAt = :seen';",
    to: "const isAsSeen = '(#notifyAt = :seen OR attribute_exists(#id))';",
  },
  {
    name: 'a notified count stays among those to notify',
    breaks: notices,
    from: 'notifyAt: next,\n    ...attention(undefined),',
    to: 'notifyAt: next,',
  },
  {
    name: 'the rest of a count is notified at once',
    breaks: notices,
    from: 'notifyAt: next, attentionAt: next },',
    to: 'notifyAt: next },',
  },
  {
    name: 'a read of a count may miss the last write',
    breaks: notices,
    from: 'ConsistentRead: true,',
    to: '',
    caughtBy: consistent,
  },
]);

const gauges = mutantsOf({ file: 'lambdas/adapters/dynamodb/endpoints/gauges.ts', caughtBy: contracts }, [
  {
    name: 'an endpoint is counted before there is a full count',
    breaks: notices,
    from: "assign, condition: 'attribute_exists(#id)', values: { by } }",
    to: "set: { known: 1 }, assign: ['#by = :by'], values: { by } }",
    outsideSimulation: 'the simulation looks at no metrics',
  },
  {
    name: 'an endpoint that is down twice counts twice',
    breaks: notices,
    from: 'return new Set(down.flat()).size;',
    to: 'return down.flat().length;',
    outsideSimulation: 'the simulation looks at no metrics',
  },
]);

export const endpointMutants = [...updates, ...stores, ...recoveries, ...tallies, ...gauges];
