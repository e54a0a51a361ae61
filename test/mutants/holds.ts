import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, noRepeat, held, ownEndpoint, waits, notices } = promises;
const waitingTests = 'test/outbound/release-waiting.test.ts';
const holdTests = 'test/outbound/hold-delivery.test.ts';
const discardTests = 'test/outbound/discard-delivery.test.ts';
const replayTests = 'test/outbound/replay.test.ts';
const breakerTests = 'test/outbound/manual-breaker.test.ts';
const disableTests = 'test/outbound/disable-endpoint.test.ts';

const holding = mutantsOf({ file: 'lambdas/outbound/hold-delivery.ts', caughtBy: holdTests }, [
  {
    name: 'a task whose delivery another worker has is acknowledged when its endpoint is disabled',
    breaks: deliveryEnds,
    from: "} else if (delivery.status === 'pending') {",
    to: '} else if (false) {',
  },
  {
    name: 'a delivery that is held just as its endpoint is enabled stays held',
    breaks: held,
    from: "if (delivery.status === 'held') await recheckHeld(delivery, retention, ports);",
    to: '',
  },
  {
    name: 'a held delivery of an earlier endpoint goes to a new one',
    breaks: ownEndpoint,
    from: 'if (endpoint === undefined || isForEarlierEndpoint(delivery, endpoint)) {',
    to: 'if (endpoint === undefined) {',
    caughtBy: 'test/outbound/recreated-endpoint.test.ts',
  },
  {
    name: 'a held delivery of an enabled endpoint is not released',
    breaks: held,
    from: 'await releaseDelivery(delivery, ports);',
    to: '',
  },
  {
    name: 'a delivery is held for ever',
    breaks: deliveryEnds,
    from: '} else if (later(delivery.heldAt, longestHold) <= ports.now()) {',
    to: '} else if (false) {',
    caughtBy: discardTests,
  },
  {
    name: 'a delivery is held for less than 30 days',
    breaks: held,
    from: 'seconds(30 * 86_400)',
    to: 'seconds(20 * 86_400)',
    caughtBy: discardTests,
  },
  {
    name: 'a release whose response was lost sends no task',
    breaks: deliveryEnds,
    from: "const isReleased = ok || (delivery?.status === 'pending' && delivery.dueAt === dueAt);",
    to: 'const isReleased = ok;',
  },
  {
    name: 'each worker that sees a released delivery sends its task',
    breaks: noRepeat,
    from: "(delivery?.status === 'pending' && delivery.dueAt === dueAt)",
    to: "delivery?.status === 'pending'",
  },
  {
    name: 'a released delivery has no task',
    breaks: held,
    from: 'await ports.sendTask(taskMessage({ deliveryId: delivery.id, attempt: delivery.attempts + 1 }, delivery));',
    to: '',
  },
  {
    name: 'a task of a deleted endpoint is acknowledged while a worker has its delivery',
    breaks: deliveryEnds,
    from: "if (delivery.status === 'pending')\n    return { kind: 'fail'",
    to: "if (false)\n    return { kind: 'fail'",
    caughtBy: discardTests,
  },
  {
    name: 'the sweep looks at held deliveries at once, again and again',
    breaks: promises.limits,
    from: 'Math.min(firstHeldCheck * 2 ** sweeps, longestHeldCheck)',
    to: 'firstHeldCheck',
    caughtBy: holdTests,
  },
]);

const releasing = [
  ...mutantsOf({ file: 'lambdas/outbound/sweep/release-held.ts', caughtBy: holdTests }, [
    {
      name: 'a release ends as soon as the index shows nothing',
      breaks: held,
      from: 'else if (later(heldEmptyAt, indexLag) <= now) await ports.endpoints.reconciled(endpoint);',
      to: 'else await ports.endpoints.reconciled(endpoint);',
    },
    {
      name: 'a release with the index empty once ends though more was held since',
      breaks: held,
      from: 'await endRelease(released > 0 ? { ...endpoint, heldEmptyAt: undefined } : endpoint, ports);',
      to: 'await endRelease(endpoint, ports);',
    },
    {
      name: 'a release that ran out of time keeps the mark of an empty index',
      breaks: held,
      from: '} else if (endpoint.heldEmptyAt !== undefined) {\n    await ports.endpoints.markHeldEmpty(endpoint, undefined);\n  }',
      to: '}',
    },
    {
      name: 'a release never ends',
      breaks: promises.limits,
      from: 'else if (later(heldEmptyAt, indexLag) <= now) await ports.endpoints.reconciled(endpoint);',
      to: '',
    },
    {
      name: 'an error with one endpoint keeps the others from their release',
      breaks: held,
      from: "ports.telemetry.error('endpoint.reconcile-failed', { tenant, endpointId: id }, asError(error));",
      to: 'throw error;',
    },
    {
      name: 'operators are not notified again of an endpoint whose notice failed',
      breaks: notices,
      from: 'await announceDisabled(endpoint, ports);\n  return 0;',
      to: 'return 0;',
      caughtBy: disableTests,
    },
    {
      name: 'the sweep does not release what waits',
      breaks: waits,
      from: 'const waiting = await releaseWaiting(endpoint, upTo, rest, ports);',
      to: 'const waiting = { released: 0, isEmpty: true };',
      caughtBy: breakerTests,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/release-waiting.ts', caughtBy: breakerTests }, [
    {
      name: 'a release sends what began to wait after it',
      breaks: noRepeat,
      from: 'seen.waitsSince === undefined || seen.waitsSince > upTo) return false;',
      to: 'seen.waitsSince === undefined) return false;',
      caughtBy: waitingTests,
    },
    {
      name: 'a released delivery keeps its wait',
      breaks: noRepeat,
      from: 'const delivery = await endWait(seen, ports.now(), ports);\n  if (delivery === undefined) return false;',
      to: 'const delivery = seen;',
    },
    {
      name: 'a delivery whose wait ended has no task',
      breaks: waits,
      from: 'await ports.sendTask(taskMessage({ deliveryId: id, attempt: delivery.attempts + 1 }, delivery));',
      to: '',
    },
    {
      name: 'the end of a wait whose response was lost sends no task',
      breaks: waits,
      from: 'return isOwn ? delivery : undefined;',
      to: 'return undefined;',
      caughtBy: replayTests,
    },
    {
      name: 'a release that ran out of time is not noted for the sweep',
      breaks: waits,
      from: 'const noted = await ports.endpoints.resumeEndpoint({ tenant, id }, now);',
      to: 'const noted = await ports.endpoints.read(tenant, id);',
    },
    {
      name: 'a release that fails takes the success with it',
      breaks: promises.seenSuccess,
      from: "ports.telemetry.error('endpoint.reconcile-failed', { tenant, endpointId: id }, asError(error));",
      to: 'throw error;',
      caughtBy: waitingTests,
    },
    {
      name: 'a release goes round for ever over an index that lags',
      breaks: promises.limits,
      from: 'if (page.released === 0) break;',
      to: 'if (page.released === 0 && released > 100) break;',
      caughtBy: waitingTests,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/disable-endpoint.ts', caughtBy: disableTests }, [
    {
      name: 'the note of a disabled endpoint is removed before operators are notified',
      breaks: notices,
      from: 'await ports.notifyOperators(endpointDisabled(endpoint, ports.now()));\n    await ports.endpoints.reconciled(endpoint);',
      to: 'await ports.endpoints.reconciled(endpoint);\n    await ports.notifyOperators(endpointDisabled(endpoint, ports.now()));',
    },
    {
      name: 'operators are not notified of a disabled endpoint',
      breaks: notices,
      from: 'if (disabled !== undefined) await announceDisabled(disabled, ports);',
      to: '',
    },
  ]),
];

export const holdMutants = [...holding, ...releasing];
