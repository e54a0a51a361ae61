import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, limits, waits, disabled } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';

export const limiterWrites = mutantsOf(
  { file: 'lambdas/adapters/dynamodb/limiter/updates.ts', caughtBy: contracts },
  [
    {
      name: 'a released slot stays taken',
      breaks: limits,
      from: '...(answerMs && { answerMs }), ...without },',
      to: '...(answerMs && { answerMs }), left: true },',
    },
    {
      name: 'a worker releases the slot of another one',
      breaks: limits,
      from: "condition: '#lease = :mine',",
      to: "condition: '(#lease = :mine OR attribute_exists(#id))',",
    },
    {
      name: 'a worker releases the slot by hand of another one in the same millisecond',
      breaks: limits,
      from: "condition: '#handBy = :mine', values: { mine: held.token } }",
      to: "condition: '#hand = :mine', values: { mine: held.until } }",
      outsideSimulation: 'a repeated release must meet another request by hand within a millisecond',
    },
    {
      name: 'slots that are given back are counted as taken for ever',
      breaks: deliveryEnds,
      from: "assign: ['#taken = #taken - :back'],",
      to: "assign: ['#taken = #taken, #lastBack = :back'],",
    },
    {
      name: 'a lease ends for all of its slots with the first',
      breaks: limits,
      from: 'rest > 0 ? { count: rest, until: held.until } : undefined',
      to: 'undefined',
    },
    {
      name: 'the outcome of a request whose slot ran out is not learnt',
      breaks: disabled,
      from: 'notes: shown === undefined ? [] : notes }',
      to: 'notes: [] }',
    },
    {
      name: 'the outcome of a late request makes the limiter of an endpoint that is gone',
      breaks: limits,
      from: "both('attribute_exists(#id)', ...conditions)",
      to: 'both(...conditions)',
    },
    {
      name: 'a breaker opens that a success has closed meanwhile',
      breaks: limits,
      from: "'attribute_not_exists(#openUntil) AND #failures > :zero'",
      to: "'attribute_not_exists(#openUntil) AND (#failures > :zero OR attribute_exists(#id))'",
    },
    {
      name: 'a breaker that is open is opened again for longer',
      breaks: limits,
      from: "'attribute_not_exists(#openUntil) AND #failures > :zero'",
      to: "'#failures > :zero'",
    },
    {
      name: 'a stalled probe shuts the breaker that another one has opened',
      breaks: limits,
      from: "probeUntil ? '#openUntil = :mine'",
      to: "probeUntil ? '(#openUntil = :mine OR attribute_exists(#id))'",
    },
    {
      name: 'failed probes are not counted',
      breaks: limits,
      from: "'#probes = if_not_exists(#probes, :zero) + :one'",
      to: "'#probes = if_not_exists(#probes, :zero), #lastProbe = :one'",
    },
    {
      name: 'a failed probe moves the time since when the breaker is open',
      breaks: waits,
      from: "'#openedAt = if_not_exists(#openedAt, :now)'",
      to: "'#openedAt = :now'",
      outsideSimulation: 'the simulation shows no breakers',
    },
    {
      name: 'an endpoint behind an open breaker does not count as down',
      breaks: promises.notices,
      from: "spreadAttention(of.isRegistered ? openUntil : undefined, 'down', limiterKey)",
      to: "spreadAttention(undefined, 'down', limiterKey)",
      outsideSimulation: 'the simulation looks at no metrics',
    },
    {
      name: 'a URL that is not registered counts as an endpoint that is down',
      breaks: promises.notices,
      from: "spreadAttention(of.isRegistered ? openUntil : undefined, 'down', limiterKey)",
      to: "spreadAttention(openUntil, 'down', limiterKey)",
      outsideSimulation: 'the simulation looks at no metrics',
    },
    {
      name: 'a failure without a slot is forgotten at once',
      breaks: disabled,
      from: 'set: { ...set, expiresAt },\n      condition: both',
      to: 'set: { ...set, expiresAt: toUnixSeconds(now) },\n      condition: both',
      caughtBy: 'test/outbound/deliver/free-requests.test.ts',
    },
    {
      name: 'a success without a slot makes an item for each endpoint',
      breaks: limits,
      from: "health === 'up' ? ['attribute_exists(#id)'] : []",
      to: '[]',
    },
    {
      name: 'two requests get one place under a rate',
      breaks: limits,
      from: "assign: ['#nextAt = #nextAt + :span'],",
      to: "assign: ['#nextAt = #nextAt, #lastSpan = :span'],",
    },
    {
      name: 'a task waits in its invocation however long the line of its rate is',
      breaks: limits,
      from: "conditions: ['#nextAt > :now', '#nextAt <= :upTo'],",
      to: "conditions: ['#nextAt > :now', '(#nextAt <= :upTo OR attribute_exists(#id))'],",
    },
  ],
);
