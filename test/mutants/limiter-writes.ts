import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, limits, waits, disabled } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';

const taking = mutantsOf({ file: 'lambdas/adapters/dynamodb/limiter/updates.ts', caughtBy: contracts }, [
  {
    name: 'a taken slot is taken again',
    breaks: limits,
    from: 'const isFree = `(attribute_not_exists',
    to: 'const isFree = `(attribute_exists(#id) OR attribute_not_exists',
  },
  {
    name: 'a slot whose worker died is never free again',
    breaks: deliveryEnds,
    from: 'OR #${slot} <= :now)`',
    to: 'OR (attribute_not_exists(#id) AND #${slot} <= :now))`',
  },
  {
    name: 'the rate of an endpoint is not kept',
    breaks: limits,
    from: "' AND (attribute_not_exists(#nextAt) OR #nextAt <= :now)'",
    to: "' AND (attribute_exists(#id) OR attribute_not_exists(#nextAt) OR #nextAt <= :now)'",
  },
  {
    name: 'a request does not reserve its time under the rate',
    breaks: limits,
    from: '...(place === undefined && nextAt && { nextAt }),',
    to: '',
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
    from: ' AND attribute_not_exists(#openUntil)${isProven}',
    to: '${isProven}',
  },
  {
    name: 'an endpoint that has not answered gets many requests at once',
    breaks: limits,
    from: "ifProven ? ' AND attribute_exists(#provenAt)' : ''",
    to: "''",
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
]);

const leaving = mutantsOf({ file: 'lambdas/adapters/dynamodb/limiter/updates.ts', caughtBy: contracts }, [
  {
    name: 'a released slot stays taken',
    breaks: limits,
    from: '...(answerMs && { answerMs }), [slot.name]: undefined },',
    to: '...(answerMs && { answerMs }), left: true },',
  },
  {
    name: 'a worker releases the slot of another one',
    breaks: limits,
    from: 'both(`#${slot.name} = :mine`, ...conditions)',
    to: 'both(`(#${slot.name} = :mine OR attribute_exists(#id))`, ...conditions)',
  },
  {
    name: 'the outcome of a request whose slot ran out is not learnt',
    breaks: disabled,
    from: 'notes: health === undefined ? [] : notes }',
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
    from: "isProbe ? '#openUntil = :mine'",
    to: "isProbe ? '(#openUntil = :mine OR attribute_exists(#id))'",
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
    name: 'a reset leaves the failures',
    breaks: waits,
    from: 'set: { failures: 0, probes: 0, ...notFailing, ...closed, ...unproven,',
    to: 'set: { ...notFailing, ...closed, ...unproven,',
  },
  {
    name: 'a reset leaves since when the endpoint fails',
    breaks: disabled,
    from: 'set: { failures: 0, probes: 0, ...notFailing, ...closed, ...unproven,',
    to: 'set: { failures: 0, probes: 0, ...closed, ...unproven,',
  },
  {
    name: 'a reset leaves the breaker open',
    breaks: waits,
    from: '...notFailing, ...closed, ...unproven, retryAfter: undefined },',
    to: '...notFailing, ...unproven, retryAfter: undefined },',
  },
  {
    name: 'a reset leaves Retry-After',
    breaks: waits,
    from: '...unproven, retryAfter: undefined },',
    to: '...unproven },',
  },
  {
    name: 'an endpoint whose breaker closed still counts as down',
    breaks: promises.notices,
    from: 'openedAt: undefined, ...attention(undefined) };',
    to: 'openedAt: undefined };',
    outsideSimulation: 'the simulation looks at no metrics',
  },
  {
    name: 'a success by hand leaves Retry-After',
    breaks: waits,
    from: 'isByHand ? { retryAfter: undefined } : {}',
    to: '{}',
  },
  {
    name: 'any success ends Retry-After',
    breaks: limits,
    from: 'isByHand ? { retryAfter: undefined } : {}',
    to: '{ retryAfter: undefined }',
  },
  {
    name: 'a success does not end the failures',
    breaks: disabled,
    from: 'const well = { failures: 0, probes: 0, ...notFailing, ...closed, ...welcome };',
    to: 'const well = { failures: 0, probes: 0, ...closed, ...welcome };',
  },
  {
    name: 'a success leaves the breaker open',
    breaks: limits,
    from: 'const well = { failures: 0, probes: 0, ...notFailing, ...closed, ...welcome };',
    to: 'const well = { failures: 0, probes: 0, ...notFailing, ...welcome };',
  },
  {
    name: 'a slow success leaves its endpoint two requests at a time',
    breaks: limits,
    from: 'set: { ...well, provenAt: now, slowAt: now }',
    to: 'set: { ...well, provenAt: undefined, slowAt: now }',
  },
  {
    name: 'a slow success is forgotten, so an endpoint without limits that is slow gets any number of requests',
    breaks: limits,
    from: 'set: { ...well, provenAt: now, slowAt: now }',
    to: 'set: { ...well, provenAt: now }',
  },
  {
    name: 'a quick success leaves its endpoint slow, so each request needs a slot for ever',
    breaks: limits,
    from: 'set: { ...well, provenAt: now, slowAt: undefined }',
    to: 'set: { ...well, provenAt: now }',
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
    name: 'a request that hangs is noted as a failure of an endpoint that answers',
    breaks: disabled,
    from: 'set: { slowAt: now, provenAt: undefined, expiresAt }',
    to: 'set: { slowAt: now, failingSince: now, provenAt: undefined, expiresAt }',
  },
  {
    name: 'two requests get one place under a rate',
    breaks: limits,
    from: "assign: ['#nextAt = #nextAt + :interval'],",
    to: "assign: ['#nextAt = #nextAt, #lastInterval = :interval'],",
  },
  {
    name: 'a task waits in its invocation however long the line of its rate is',
    breaks: limits,
    from: "condition: '#nextAt > :now AND #nextAt <= :upTo',",
    to: "condition: '#nextAt > :now AND (#nextAt <= :upTo OR attribute_exists(#id))',",
  },
  {
    name: 'a probe that is answered 404 leaves the breaker open',
    breaks: limits,
    from: 'failed({ failures: 0, probes: 0, provenAt: now, ...closed }, limits, now)',
    to: 'failed({ failures: 0, probes: 0, provenAt: now }, limits, now)',
  },
  {
    name: 'an endpoint that fails stays proven',
    breaks: limits,
    from: 'failed({ provenAt: undefined }, limits, now)',
    to: 'failed({}, limits, now)',
  },
  {
    name: 'failures are not counted',
    breaks: limits,
    from: "'#failures = if_not_exists(#failures, :zero) + :more'",
    to: "'#failures = if_not_exists(#failures, :zero), #lastFailure = :more'",
  },
  {
    name: 'a probe that sent no request keeps the next one back',
    breaks: limits,
    from: 'set: isProbe ? { openUntil: now } : {}',
    to: 'set: {}',
  },
  {
    name: 'each failure begins the five days again',
    breaks: disabled,
    from: "'#failingSince = if_not_exists(#failingSince, :now)'",
    to: "'#failingSince = :now'",
  },
  {
    name: 'a failure after a long pause counts from the one before it',
    breaks: disabled,
    from: 'OR #failedAt > :paused)',
    to: 'OR #failedAt > :paused OR attribute_exists(#id))',
  },
]);

export const limiterWrites = [...taking, ...leaving];
