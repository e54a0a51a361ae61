import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { everyEvent, limits, waits, disabled } = promises;
const freeTests = 'test/outbound/deliver/free-requests.test.ts';
const pacingTests = 'test/outbound/deliver/pacing.test.ts';
const releaseTests = 'test/outbound/deliver/release-slot.test.ts';
const retryAfterTests = 'test/outbound/deliver/retry-after.test.ts';
const slotTests = 'test/outbound/deliver/acquire-slot.test.ts';
const leasedTests = 'test/outbound/deliver/leased-slots.test.ts';

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

const shown = mutantsOf(
  {
    file: 'lambdas/outbound/deliver/endpoint-health.ts',
    caughtBy: 'test/outbound/deliver/leased-slots.test.ts',
  },
  [
    {
      name: 'a success among requests that end together is forgotten',
      breaks: disabled,
      from: "if (success >= 0) return { health, took, failures, after: 'success' };",
      to: '',
    },
    {
      name: 'failures before a success of the same write count on',
      breaks: limits,
      from: 'findings.length - 1 - Math.max(success, refusal)',
      to: 'findings.length',
    },
  ],
);

const releases = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/leased-slots.ts', caughtBy: releaseTests }, [
    {
      name: 'a slot is released before Retry-After is noted',
      breaks: limits,
      from: 'if (longest !== undefined) await hold(limiterKey, longest, ports);\n  const at = ports.now();\n  const shown = shownBy(findings);\n  const state = await ports.limiter.leave(slot, shown, at, count);',
      to: 'const at = ports.now();\n  const shown = shownBy(findings);\n  const state = await ports.limiter.leave(slot, shown, at, count);\n  if (longest !== undefined) await hold(limiterKey, longest, ports);',
    },
    {
      name: 'Retry-After is not noted',
      breaks: limits,
      from: 'if (longest !== undefined) await hold(limiterKey, longest, ports);',
      to: '',
    },
    {
      name: 'a task that waits gets a slot that its lease does not cover',
      breaks: limits,
      from: ' || now > reusableUntil) return false;',
      to: ') return false;',
      caughtBy: leasedTests,
    },
    {
      name: 'a request under a rate takes a slot without a place',
      breaks: limits,
      from: 'slot.limits.perSecond !== undefined || now',
      to: 'now',
      caughtBy: leasedTests,
    },
    {
      name: 'a failure is recorded only after its slot has been used again',
      breaks: limits,
      from: "finding?.health === 'up' && isWell(",
      to: 'isWell(',
      caughtBy: leasedTests,
    },
    {
      name: 'the first answer of an endpoint that was not proven is not recorded at once',
      breaks: waits,
      from: 'known.state.provenAt !== undefined && isClean',
      to: 'isClean',
      caughtBy: leasedTests,
    },
    {
      name: 'slots that no task needs any more stay taken until their lease is over',
      breaks: waits,
      from: 'if (idle > 0) void giveBack(slots, ports).catch(() => undefined);',
      to: '',
      caughtBy: leasedTests,
    },
    {
      name: 'each request gives its slot back by a write of its own',
      breaks: limits,
      from: 'slots.idle === 0 ? last : writeBack(slots, ports)',
      to: 'writeBack(slots, ports)',
      caughtBy: leasedTests,
    },
    {
      name: 'a slot is given back with each request that ends later',
      breaks: limits,
      from: '  slots.idle = 0;\n',
      to: '',
      caughtBy: leasedTests,
    },
    {
      name: 'the second part of a lease cannot be given back',
      breaks: limits,
      from: 'count: slot.held.count - idle',
      to: 'count: slot.held.count',
      caughtBy: leasedTests,
    },
    {
      name: 'all requests of a lease go at once under a rate',
      breaks: limits,
      from: 'unixMillis(firstAt + spanOf(nth, limits.perSecond))',
      to: 'firstAt',
      caughtBy: slotTests,
    },
  ]),
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
      from: 'return ports.after(slowAfter, () => void noteHanging(permit, ports));',
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

const memories = mutantsOf({ file: 'lambdas/outbound/deliver/known-endpoint.ts', caughtBy: freeTests }, [
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

const places = mutantsOf({ file: 'lambdas/outbound/deliver/acquire-slot.ts', caughtBy: pacingTests }, [
  {
    name: 'a task does not wait for its place under a rate',
    breaks: limits,
    from: 'if (wait > 0) await ports.pause(millis(wait));',
    to: '',
    caughtBy: slotTests,
  },
  {
    name: 'tasks of a batch ask for their slots one by one',
    breaks: limits,
    from: 'if (!askers.isAsking) void askForAll(askers, request, ports);',
    to: 'void askForAll(askers, request, ports);',
    caughtBy: leasedTests,
  },
  {
    name: 'tasks that wait are sent for one time',
    breaks: waits,
    from: 'unixMillis(wait.until + first - now + nth * span)',
    to: 'unixMillis(wait.until + first - now)',
    caughtBy: leasedTests,
  },
  {
    name: 'a task that waits for a slot goes back to the queue at once',
    breaks: waits,
    from: 'return waited + span > shortWait ? undefined : span;',
    to: 'return undefined;',
  },
]);

export const endpointHealth = [...findings, ...shown, ...releases, ...freeRequests, ...memories, ...places];
