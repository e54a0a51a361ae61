import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, limits, waits } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';

export const limiterSlots = mutantsOf(
  { file: 'lambdas/adapters/dynamodb/limiter/updates.ts', caughtBy: contracts },
  [
    {
      name: 'a taken slot is taken again',
      breaks: limits,
      from: "'(attribute_not_exists(#taken) OR #taken <= :room)'",
      to: "'(attribute_exists(#id) OR attribute_not_exists(#taken) OR #taken <= :room)'",
    },
    {
      name: 'a slot whose worker died is never free again',
      breaks: deliveryEnds,
      from: 'room: most - count + freed,',
      to: 'room: most - count,',
    },
    {
      name: 'the rate of an endpoint is not kept',
      breaks: limits,
      from: "'(attribute_not_exists(#nextAt) OR #nextAt <= :now)'",
      to: "'(attribute_exists(#id) OR attribute_not_exists(#nextAt) OR #nextAt <= :now)'",
    },
    {
      name: 'a request does not reserve its time under the rate',
      breaks: limits,
      from: 'const set = { nextAt: unixMillis(now + span) };',
      to: 'const set = {};',
    },
    {
      name: 'a request goes before Retry-After is over',
      breaks: limits,
      from: "const isWelcome = '(attribute_not_exists",
      to: "const isWelcome = '(attribute_exists(#id) OR attribute_not_exists",
    },
    {
      name: 'a request passes an open breaker',
      breaks: limits,
      from: "'attribute_not_exists(#openUntil)',\n        ...place",
      to: '...place',
    },
    {
      name: 'an endpoint that has not answered gets many requests at once',
      breaks: limits,
      from: '`(attribute_exists(#provenAt) OR ${isFew})`,',
      to: '',
    },
    {
      name: 'an endpoint that has not answered gets many requests by one write',
      breaks: limits,
      from: "count <= few ? 'attribute_not_exists(#taken) OR #taken <= :few' : '#taken <= :few'",
      to: "'attribute_not_exists(#taken) OR #taken <= :few'",
    },
    {
      name: 'the slots of a worker that died are taken twice',
      breaks: limits,
      from: '...over.map(({ nth }) => `#${nth} = :${nth}`),',
      to: '',
    },
    {
      name: 'the leases that are over stay in the item, so their slots are counted twice',
      breaks: limits,
      from: '...Object.fromEntries(over.map(({ nth }) => [nth, undefined])),',
      to: '',
    },
    {
      name: 'slots that are leased together count as one',
      breaks: limits,
      from: 'more: count - freed,',
      to: 'more: 1 - freed,',
    },
    {
      name: 'slots that are leased together have one place under a rate',
      breaks: limits,
      from: 'const span = spanOf(count, perSecond);',
      to: 'const span = spanOf(1, perSecond);',
    },
    {
      name: 'two probes go at once',
      breaks: limits,
      from: "condition: '#openUntil = :expected',",
      to: "condition: '#openUntil = :expected OR attribute_exists(#id)',",
    },
    {
      name: 'a probe leaves the time of the next probe',
      breaks: limits,
      from: 'set: { probe: until, openUntil: until },',
      to: 'set: { probe: until },',
    },
    {
      name: 'two requests by hand go at once',
      breaks: limits,
      from: "'attribute_not_exists(#hand) OR #hand <= :now'",
      to: "'attribute_exists(#id) OR attribute_not_exists(#hand) OR #hand <= :now'",
    },
    {
      name: 'a test whose worker died keeps the next one back for ever',
      breaks: waits,
      from: "'attribute_not_exists(#hand) OR #hand <= :now'",
      to: "'attribute_not_exists(#hand) OR (attribute_not_exists(#id) AND #hand <= :now)'",
    },
    {
      name: 'a shorter Retry-After replaces a longer one',
      breaks: limits,
      from: 'OR #retryAfter < :until)',
      to: 'OR #retryAfter < :until OR attribute_exists(#id))',
    },
    {
      name: 'a Retry-After makes the limiter of an endpoint that is gone',
      breaks: limits,
      from: "'attribute_exists(#id) AND (attribute_not_exists(#retryAfter)",
      to: "'(attribute_not_exists(#retryAfter)",
    },
    {
      name: 'two waiting tasks get one time',
      breaks: limits,
      from: "'#reservedUntil = #reservedUntil + :span'",
      to: "'#reservedUntil = #reservedUntil, #lastSpan = :span'",
    },
    {
      name: 'a task is sent for a time that is over',
      breaks: limits,
      from: "condition: '#reservedUntil > :now',",
      to: "condition: '#reservedUntil > :now OR attribute_exists(#reservedUntil)',",
    },
    {
      name: 'a task takes the first time though others wait',
      breaks: limits,
      from: "'attribute_not_exists(#reservedUntil) OR #reservedUntil <= :now'",
      to: "'attribute_exists(#id) OR attribute_not_exists(#reservedUntil) OR #reservedUntil <= :now'",
    },
  ],
);
