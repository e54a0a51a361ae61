import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { limits, waits, disabled } = promises;
const leasedTests = 'test/outbound/deliver/leased-slots.test.ts';
const pacingTests = 'test/outbound/deliver/pacing.test.ts';
const releaseTests = 'test/outbound/deliver/release-slot.test.ts';
const slotTests = 'test/outbound/deliver/acquire-slot.test.ts';

const shown = mutantsOf(
  {
    file: 'lambdas/outbound/deliver/endpoint-health.ts',
    caughtBy: 'test/outbound/deliver/findings-together.test.ts',
  },
  [
    {
      name: 'a success among requests that end together is forgotten',
      breaks: disabled,
      from: "const after = success < 0 ? undefined : 'success';",
      to: 'const after = undefined;',
    },
    {
      name: 'failures before a success of the same write count on',
      breaks: limits,
      from: 'seen.length - 1 - Math.max(success, refusal)',
      to: 'seen.length',
    },
    {
      name: 'a request that was cut hides what those that ended with it showed',
      breaks: limits,
      from: "const seen = findings.filter(({ health }) => health !== 'hanging');",
      to: 'const seen = findings;',
    },
    {
      name: 'a slow request is forgotten if a quick one ends with it',
      breaks: limits,
      from: 'isSlow: slow >= 0,',
      to: 'isSlow: isSlowIn(last),',
    },
    {
      name: 'quick successes before a slow request of the same write count',
      breaks: limits,
      from: 'findings.slice(slow + 1).filter',
      to: 'findings.filter',
    },
  ],
);

const releases = mutantsOf({ file: 'lambdas/outbound/deliver/leased-slots.ts', caughtBy: releaseTests }, [
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
    name: 'a slot is given back by a write of its own though half of all are free',
    breaks: limits,
    from: 'Math.min(2 * answerMs, 100)) : 1_000)',
    to: 'Math.min(2 * answerMs, 100)) : 0)',
    caughtBy: leasedTests,
  },
  {
    name: 'a slot stays idle for a second though few are free',
    breaks: limits,
    from: 'countOf(Object.entries(slots)) * 2 > concurrencyOf(limits)',
    to: 'false',
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
]);

const places = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/acquire-slot.ts', caughtBy: slotTests }, [
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
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/ask-for-slots.ts', caughtBy: pacingTests }, [
    {
      name: 'tasks that wait are sent for one time',
      breaks: waits,
      from: 'unixMillis(wait.until + first - now + nth * span)',
      to: 'unixMillis(wait.until + first - now)',
      caughtBy: leasedTests,
    },
    {
      name: 'tasks ask for slots though all were taken, so the item of a busy endpoint is full of refused writes',
      breaks: limits,
      from: '{ ...decision, state: known.state } : look(askers, request, ports);',
      to: "{ ...decision, state: known.state } : { kind: 'take', count: 1, ended: {}, isInLine: false, state: known.state };",
      caughtBy: leasedTests,
    },
    {
      name: 'tasks that were refused ask again at once',
      breaks: limits,
      from: "if (ok || next.kind === 'wait' || next.kind === 'free') return next;",
      to: "if (ok || next.kind !== 'probe') return next;",
      caughtBy: leasedTests,
    },
    {
      name: 'a task that waits for a slot goes back to the queue at once',
      breaks: waits,
      from: 'return waited + span > shortWait ? undefined : span;',
      to: 'return undefined;',
    },
  ]),
];

/** What the tasks of a batch lease together, and give back. */
export const leasedSlots = [...shown, ...releases, ...places];
