import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, everyEvent, limits, waits, disabled } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const slotTests = 'test/outbound/deliver/acquire-slot.test.ts';
const retryAfterTests = 'test/outbound/deliver/retry-after.test.ts';
const breakerTests = 'test/outbound/manual-breaker.test.ts';
const releaseTests = 'test/outbound/deliver/release-slot.test.ts';
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
      name: 'a wait for a slot counts as one for the endpoint',
      breaks: waits,
      from: "why === 'breaker' || why === 'retry-after'",
      to: "why !== 'rate'",
      caughtBy: ruleTests,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/acquire-slot.ts', caughtBy: slotTests }, [
    {
      name: 'a slot is released before Retry-After is noted',
      breaks: limits,
      from: 'if (retryAfter !== undefined) await ports.limiter.hold(slot.limiterKey, later(ports.now(), retryAfter));\n    const state = await ports.limiter.leave(slot, health, ports.now());',
      to: 'const state = await ports.limiter.leave(slot, health, ports.now());\n    if (retryAfter !== undefined) await ports.limiter.hold(slot.limiterKey, later(ports.now(), retryAfter));',
      caughtBy: releaseTests,
    },
    {
      name: 'Retry-After is not noted',
      breaks: limits,
      from: 'if (retryAfter !== undefined) await ports.limiter.hold(slot.limiterKey, later(ports.now(), retryAfter));',
      to: '',
      caughtBy: releaseTests,
    },
    {
      name: 'a slot that cannot be released fails a delivery that has arrived',
      breaks: promises.noRepeat,
      from: 'reason: asError(error).message });\n    return false;',
      to: 'reason: asError(error).message });\n    throw error;',
      caughtBy: releaseTests,
    },
    {
      name: 'a breaker that should open does not',
      breaks: limits,
      from: 'await ports.limiter.open(slot, until, ports.now());',
      to: '',
    },
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
    },
    {
      name: 'an endpoint that answers 429 with Retry-After counts as down',
      breaks: limits,
      from: "if (outcome.status === 429 && retryAfterOf(outcome) !== undefined) return 'refusing';",
      to: '',
      caughtBy: releaseTests,
    },
    {
      name: 'an endpoint that answers 4xx counts as down',
      breaks: limits,
      from: "return outcome.status >= 500 || outcome.status === 429 ? 'down' : 'refusing';",
      to: "return 'down';",
      caughtBy: releaseTests,
    },
    {
      name: 'a slow endpoint gets as many requests as a quick one',
      breaks: limits,
      from: "return took <= quick ? 'up' : 'slow';",
      to: "return 'up';",
      caughtBy: releaseTests,
    },
    {
      name: 'Retry-After holds an endpoint for longer than six hours',
      breaks: everyEvent,
      from: 'seconds(Math.min(retryAfter, maxRetryAfter))',
      to: 'retryAfter',
      caughtBy: retryAfterTests,
    },
    {
      name: 'an endpoint that only answers 4xx for five days is not disabled',
      breaks: disabled,
      from: "const hasFailed = health === 'down' || health === 'refusing';",
      to: "const hasFailed = health === 'down';",
      caughtBy: releaseTests,
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
      name: 'two tasks that wait first get one time',
      breaks: limits,
      from: '[reserveNext, reserveFirst, reserveNext]',
      to: '[reserveNext, reserveFirst]',
    },
  ]),
];

export const limiterRules = [...rules];
