import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { everyEvent, limits, waits, disabled } = promises;
const freeTests = 'test/outbound/deliver/free-requests.test.ts';
const memoryTests = 'test/outbound/deliver/remembered-endpoints.test.ts';
const releaseTests = 'test/outbound/deliver/release-slot.test.ts';
const retryAfterTests = 'test/outbound/deliver/retry-after.test.ts';
const slotTests = 'test/outbound/deliver/acquire-slot.test.ts';

const findings = mutantsOf({ file: 'lambdas/outbound/deliver/endpoint-health.ts', caughtBy: releaseTests }, [
  {
    name: 'an endpoint that answers 4xx counts as down',
    breaks: limits,
    from: "return outcome.status >= 500 ? 'down' : 'refusing';",
    to: "return 'down';",
  },
  {
    name: 'a slow endpoint counts as a quick one',
    breaks: limits,
    from: "return took <= slowAfter ? 'up' : 'slow';",
    to: "return 'up';",
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
    from: "health === 'down' || health === 'refusing';",
    to: "health === 'down';",
  },
  {
    name: 'a 429 without Retry-After slows nothing down',
    breaks: limits,
    from: 'retryAfterOf(outcome) ?? (isTooMany(outcome) ? shortestThrottle : undefined)',
    to: 'retryAfterOf(outcome)',
    caughtBy: 'test/outbound/deliver/health.test.ts',
  },
]);

const releases = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/release-permit.ts', caughtBy: releaseTests }, [
    {
      name: 'a slot that cannot be released fails a delivery that has arrived',
      breaks: promises.noRepeat,
      from: '    });\n    return false;',
      to: '    });\n    throw error;',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/hold-endpoint.ts', caughtBy: slotTests }, [
    {
      name: 'a breaker that should open does not',
      breaks: limits,
      from: 'await ports.limiter.open(opened, until, ports.now());',
      to: '',
    },
    {
      name: 'the pause of an endpoint that goes on answering 429 stays a second',
      breaks: limits,
      from: 'if (isThrottled && span > (retryAfter ?? 0)) await hold(limiterKey, span, ports);',
      to: '',
      caughtBy: retryAfterTests,
    },
  ]),
];

/** What is not written for a healthy endpoint without limits, and what has to be written all the same. */
const freeRequests = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/free-request.ts', caughtBy: freeTests }, [
    {
      name: 'a failure without a slot is not noted',
      breaks: limits,
      from: 'const state = await noteFailures(permit, memory, finding, ports);',
      to: 'const state = undefined as LimiterState | undefined;',
    },
    {
      name: 'a success does not clear the failure that its process knows of',
      breaks: disabled,
      from: 'if (isNoted) return;',
      to: "if (isNoted || health === 'up') return;",
      outsideSimulation: 'a later success takes a slot, and clears it',
    },
    {
      name: 'each success without a slot is written',
      breaks: limits,
      from: 'if (isNoted) return;',
      to: '',
    },
    {
      name: 'failures at the same time count as one',
      breaks: limits,
      from: '} while (memory.failures > 0);',
      to: '} while (false);',
    },
    {
      name: 'a few failures among many successes open the breaker',
      breaks: waits,
      from: 'opensBreaker(state, permit.limits, false) && mostlyFails(memory)',
      to: 'opensBreaker(state, permit.limits, false)',
    },
    {
      name: 'a request that hangs is known to no other worker before it is over',
      breaks: limits,
      from: 'return ports.after(slowAfter, () => void noteUnlessItFails(permit, ports));',
      to: 'return () => undefined;',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/acquire-permit.ts', caughtBy: freeTests }, [
    {
      name: 'an endpoint that may hang gets all requests of a process at once',
      breaks: limits,
      from: 'memory.underWay < unknownAtOnce || isQuick(memory, ports.now())',
      to: 'memory.underWay < 100',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/domain/limiter.ts', caughtBy: 'test/domain/limiter.test.ts' }, [
    {
      name: 'an endpoint with a limit needs no slot while it is well',
      breaks: limits,
      from: 'concurrent === undefined && perSecond === undefined && isClean(state, now)',
      to: 'isClean(state, now)',
    },
    {
      name: 'an open breaker is passed without a slot',
      breaks: limits,
      from: 'failingSince !== undefined || openUntil !== undefined;',
      to: 'failingSince !== undefined;',
    },
    {
      name: 'Retry-After is passed without a slot',
      breaks: limits,
      from: ' && (state.retryAfter ?? 0) <= now;',
      to: ';',
    },
    {
      name: 'an endpoint that has failed is well, so no success clears it',
      breaks: disabled,
      from: 'failures > 0 || failingSince !== undefined ||',
      to: 'failures > 0 ||',
    },
    {
      name: 'tasks come back for a slot as if each endpoint took a second',
      breaks: waits,
      from: 'Math.ceil(answerMs / concurrencyOf(limits))',
      to: 'Math.ceil(1000 / concurrencyOf(limits))',
    },
  ]),
];

const memories = mutantsOf({ file: 'lambdas/outbound/deliver/known-endpoint.ts', caughtBy: memoryTests }, [
  {
    name: 'a test goes to the URL that a process remembers',
    breaks: waits,
    from: 'task.byHand === undefined && isValid(read, at)',
    to: 'isValid(read, at)',
  },
  {
    name: 'a process remembers an endpoint for ever',
    breaks: disabled,
    from: 'task.byHand === undefined && isValid(read, at)',
    to: 'task.byHand === undefined',
  },
  {
    name: 'a process remembers the limiter of a URL for ever',
    breaks: disabled,
    from: 'memory.known !== undefined && isValid(memory.known, at)',
    to: 'memory.known !== undefined',
  },
]);

export const endpointHealth = [...findings, ...releases, ...freeRequests, ...memories];
