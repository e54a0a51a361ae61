import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, limits, waits, disabled } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const slotTests = 'test/outbound/deliver/acquire-slot.test.ts';
const breakerTests = 'test/outbound/manual-breaker.test.ts';
const ruleTests = 'test/domain/limiter.test.ts';

const rules = [
  ...mutantsOf({ file: 'lambdas/domain/limiter.ts', caughtBy: slotTests }, [
    {
      name: 'a breaker lets no probe go',
      breaks: deliveryEnds,
      from: 'return probeAt <= now',
      to: 'return probeAt < 0',
      caughtBy: ruleTests,
    },
    {
      name: 'a probe goes before Retry-After is over',
      breaks: limits,
      from: 'unixMillis(Math.max(openUntil, retryAfter ?? 0))',
      to: 'openUntil',
      caughtBy: ruleTests,
    },
    {
      name: 'a breaker never opens',
      breaks: limits,
      from: 'isProbe || (failures >= breakAfter && openUntil === undefined)',
      to: 'false',
      caughtBy: ruleTests,
    },
    {
      name: 'a failed probe does not open the breaker again',
      breaks: limits,
      from: 'isProbe || (failures >= breakAfter && openUntil === undefined)',
      to: 'failures >= breakAfter && openUntil === undefined',
      caughtBy: ruleTests,
    },
    {
      name: 'an endpoint fails for six days before it is disabled',
      breaks: disabled,
      from: 'later(failingSince, disableAfter) <= failedAt',
      to: 'later(failingSince, disableAfter) < failedAt',
      caughtBy: ruleTests,
    },
    {
      name: 'the pauses between probes do not double',
      breaks: limits,
      from: 'Math.min(firstPause * 2 ** probes, longestPause)',
      to: 'firstPause',
      caughtBy: ruleTests,
    },
    {
      name: 'a worker takes all slots of an endpoint at once',
      breaks: limits,
      from: 'Math.max(1, Math.floor(concurrencyOf(limits) / 4))',
      to: 'concurrencyOf(limits)',
      caughtBy: ruleTests,
    },
    {
      name: 'a worker asks for the slots of more dead workers than one write ends, and is refused each time',
      breaks: deliveryEnds,
      from: ' - taken + countOf(over));',
      to: ' - taken + countOf(leases.filter(([, { until }]) => until <= now)));',
      caughtBy: ruleTests,
    },
    {
      name: 'a rate has fewer slots than requests a second, so an endpoint that is not quick gets less',
      breaks: limits,
      from: 'Math.max(ratedConcurrent, Math.ceil(perSecond))',
      to: 'ratedConcurrent',
      caughtBy: ruleTests,
    },
    {
      name: 'a limit of more than 500 a second is kept to the millisecond, and so to the half',
      breaks: limits,
      from: 'Math.ceil((places * 1_000_000) / perSecond) / 1_000',
      to: 'places * Math.ceil(1_000 / perSecond)',
      caughtBy: ruleTests,
    },
    {
      name: 'a wait for a slot counts as one for the endpoint',
      breaks: waits,
      from: "why === 'breaker' || why === 'retry-after'",
      to: "why !== 'rate'",
      caughtBy: ruleTests,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/acquire-slot.ts', caughtBy: slotTests }, [
    {
      name: 'a test waits for the breaker',
      breaks: waits,
      from: 'if (request.isByHand && waitsForEndpoint(wait)) return acquireByHand(request, ports);',
      to: '',
      caughtBy: breakerTests,
    },
    {
      name: 'tests wait behind the tasks of the endpoint',
      breaks: waits,
      from: 'const reserved = request.isByHand\n    ? await nextByHandAt(request, now, ports)\n    :',
      to: 'const reserved =',
      caughtBy: breakerTests,
    },
    {
      name: 'all tasks that wait for a slot come back at once',
      breaks: limits,
      from: 'return unixMillis(wait.until + reserved - now);',
      to: 'return wait.until;',
      caughtBy: 'test/outbound/deliver/leased-slots.test.ts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/limiter/store.ts', caughtBy: contracts }, [
    {
      name: 'a read of a limiter may miss the last write',
      breaks: limits,
      from: 'ConsistentRead: true',
      to: 'ConsistentRead: false',
      caughtBy: 'test/adapters/dynamodb/consistent-reads.test.ts',
    },
    {
      name: 'a slot whose answer was lost is taken twice',
      breaks: limits,
      from: 'if (!ok && !isHeldIn(item, held)) return',
      to: 'if (!ok) return',
      caughtBy: 'test/adapters/dynamodb/limiter-races.test.ts',
    },
    {
      name: 'a slot by hand whose answer was lost keeps the test back',
      breaks: waits,
      from: 'return ok || isHeldIn(item, held) ? held : undefined;',
      to: 'return ok ? held : undefined;',
      caughtBy: 'test/adapters/dynamodb/limiter-races.test.ts',
    },
    {
      name: 'tasks that wait together get one time',
      breaks: limits,
      from: 'millis(span * count), now)',
      to: 'span, now)',
    },
    {
      name: 'two tasks that wait first get one time',
      breaks: limits,
      from: '[reserveNext, reserveFirst, reserveNext]',
      to: '[reserveNext, reserveFirst]',
    },
  ]),
];

export const limiterRules = [...rules];
