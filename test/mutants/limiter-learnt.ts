import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { limits, waits, disabled } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';

/** What a limiter learns from requests. */
export const limiterLearnt = [
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/limiter/learnt.ts', caughtBy: contracts }, [
    {
      name: 'a reset leaves the failures',
      breaks: waits,
      from: 'export const forgotten = {\n  ...answered,',
      to: 'export const forgotten = {\n  ...closed,',
    },
    {
      name: 'a reset leaves since when the endpoint fails',
      breaks: disabled,
      from: '  ...answered,\n  ...notFailing,\n',
      to: '  ...answered,\n',
    },
    {
      name: 'a reset leaves the breaker open',
      breaks: waits,
      from: 'export const forgotten = {\n  ...answered,',
      to: 'export const forgotten = {\n  failures: 0,\n  probes: 0,',
    },
    {
      name: 'a reset leaves Retry-After',
      breaks: waits,
      from: '  ...quick,\n  retryAfter: undefined,\n',
      to: '  ...quick,\n',
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
      from: '...answered, ...notFailing, ...welcome',
      to: '...answered, ...welcome',
    },
    {
      name: 'a success leaves the breaker open',
      breaks: limits,
      from: '...answered, ...notFailing, ...welcome',
      to: 'failures: 0, probes: 0, ...notFailing, ...welcome',
    },
    {
      name: 'a slow success leaves its endpoint two requests at a time',
      breaks: limits,
      from: '...welcome, provenAt };',
      to: "...welcome, provenAt: health === 'slow' ? undefined : provenAt };",
    },
    {
      name: 'a slow success is forgotten, so an endpoint without limits that is slow gets any number of requests',
      breaks: limits,
      from: 'if (isSlow) return',
      to: "if (isSlow && health !== 'slow') return",
    },
    {
      name: 'a quick success leaves its endpoint slow, so each request needs a slot for ever',
      breaks: limits,
      from: 'set: { ...set, ...quick },',
      to: 'set,',
    },
    {
      name: 'a request that hangs is noted as a failure of an endpoint that answers',
      breaks: disabled,
      from: 'return [{ set: { provenAt: undefined },',
      to: 'return [{ set: { provenAt: undefined, failingSince: now },',
    },
    {
      name: 'a probe that is answered 404 leaves the breaker open',
      breaks: limits,
      from: 'const answered = { failures: 0, probes: 0, ...closed };',
      to: 'const answered = { failures: 0, probes: 0 };',
    },
    {
      name: 'an endpoint that fails stays proven',
      breaks: limits,
      from: 'const unproven = { provenAt: undefined };',
      to: 'const unproven = {};',
    },
    {
      name: 'failures are not counted',
      breaks: limits,
      from: "'#failures = if_not_exists(#failures, :zero) + :failed'",
      to: "'#failures = if_not_exists(#failures, :zero), #lastFailure = :failed'",
    },
    {
      name: 'failures after a success of the same write go on from those before it',
      breaks: disabled,
      from: "if (after === 'success') return [{ set: restarted, conditions: [], values: {} }];",
      to: '',
    },
    {
      name: 'failures after an answer of the same write are added to those before it',
      breaks: limits,
      from: 'if (after !== undefined) return failed({ ...answered, failures, ...unproven }, shown, limits, now);',
      to: '',
    },
    {
      name: 'a probe that sent no request keeps the next one back',
      breaks: limits,
      from: "set: slot.held?.kind === 'probe' ? { openUntil: now } : {}",
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
    {
      name: 'quick successes that one write records count as one',
      breaks: limits,
      from: 'const counted = { ...values, quick: successes };',
      to: 'const counted = { ...values, quick: 1 };',
    },
    {
      name: 'an endpoint whose last request was cut is proven by one before it',
      breaks: limits,
      from: 'endsHanging ? undefined : now',
      to: 'now',
    },
  ]),
  ...mutantsOf(
    { file: 'lambdas/domain/request-deadline.ts', caughtBy: 'test/outbound/deliver/cut-requests.test.ts' },
    [
      {
        name: 'a failure that occupied a worker leaves its endpoint quick',
        breaks: limits,
        from: " || (health === 'down' && took > quickWithin)",
        to: '',
      },
    ],
  ),
];
