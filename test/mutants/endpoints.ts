import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { held, ownEndpoint, waits, notices, secrets, versions } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const consistent = 'test/adapters/dynamodb/consistent-reads.test.ts';

const counting = mutantsOf({ file: 'lambdas/adapters/dynamodb/endpoints/changes.ts', caughtBy: contracts }, [
  {
    name: 'a change of an endpoint is not counted, so that publishers keep the old one',
    breaks: ownEndpoint,
    from: 'if (changed !== undefined) await changes.add(changed.tenant);',
    to: '',
  },
  {
    name: 'a new endpoint is not counted as a change, so that publishers do not find it',
    breaks: ownEndpoint,
    from: 'await changes.add(tenant);',
    to: '',
  },
]);

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
    name: 'the note of an enabling is removed with that of the disabling before it',
    breaks: held,
    from: 'AND #status = :status AND',
    to: 'AND (#status = :status OR attribute_exists(#id)) AND',
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
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/endpoints/reads.ts', caughtBy: contracts }, [
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
      from: 'ConsistentRead: true,\n        Limit',
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

export const endpointMutants = [...counting, ...updates, ...stores];
