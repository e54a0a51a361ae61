import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { waits, notices } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const consistent = 'test/adapters/dynamodb/consistent-reads.test.ts';

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
    from: 'condition: `NOT (${isLast}',
    to: 'condition: `attribute_not_exists(#id) OR attribute_exists(#id) OR NOT (${isLast}',
  },
  {
    name: 'a failure in a later round is not counted',
    breaks: notices,
    from: "AND #last.#round = :round'",
    to: "AND (#last.#round = :round OR attribute_exists(#id))'",
  },
  {
    name: 'the count of failures expires before it is notified',
    breaks: notices,
    from: "attention: spreadAttention(now, 'tallies', name).attention,\n    expiresAt: undefined,",
    to: "attention: spreadAttention(now, 'tallies', name).attention,",
    caughtBy: 'test/adapters/dynamodb/failure-tallies.test.ts',
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

export const jobMutants = [...recoveries, ...tallies, ...gauges];
