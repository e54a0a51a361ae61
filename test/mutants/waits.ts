import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, held, raisedLimits, shownWaits } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const heldIndexTests = 'test/adapters/dynamodb/held-index.test.ts';
const breakerTests = 'test/management/breakers.test.ts';
const showTests = 'test/domain/endpoint-wait.test.ts';
const isShown = 'what waits is shown, and nothing depends on it';

const listing = [
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/deliveries/updates.ts', caughtBy: contracts }, [
    {
      name: 'a delivery that waits for the limits of its endpoint is not listed',
      breaks: shownWaits,
      from: "'#waitsSince = if_not_exists(#waitsSince, :since)'],",
      to: "isForEndpoint ? '#waitsSince = if_not_exists(#waitsSince, :since)' : '#lastSince = :since'],",
    },
    {
      name: 'a wait for the limits of an endpoint clears the mark of our own fault',
      breaks: deliveryEnds,
      from: '...(isForEndpoint && { cause: undefined }),',
      to: '...(until > 0 && { cause: undefined }),',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/domain/stopped-deliveries.ts', caughtBy: heldIndexTests }, [
    {
      name: 'what was held before there were shards is not found',
      breaks: held,
      from: "status === 'held' ? [...shards, `${endpoint.tenant}/${endpoint.endpointId}`] : shards",
      to: 'shards',
      outsideSimulation: 'it has no items of an earlier version',
    },
    {
      name: 'a shard of the held deliveries is not read',
      breaks: held,
      from: 'return status ===',
      to: 'shards.shift();\n  return status ===',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/deliveries/endpoint-index.ts', caughtBy: contracts }, [
    {
      name: 'the partitions of an index are read one after the other, and not as one list',
      breaks: held,
      from: '.sort((one, other) => one.at - other.at)',
      to: '',
      outsideSimulation: 'it does not compare the order of what is released',
    },
  ]),
];

const raising = [
  ...mutantsOf({ file: 'lambdas/management/operations/endpoints.ts', caughtBy: breakerTests }, [
    {
      name: 'a limit that is raised leaves the times of what waits',
      breaks: raisedLimits,
      from: 'isFailing(await ports.limiter.clearPlaces(hashOf(seen)))',
      to: 'isFailing(await ports.limiter.read(hashOf(seen)))',
      outsideSimulation: 'it changes no limits',
    },
    {
      name: 'a limit that is raised sends what waits for an endpoint that is failing',
      breaks: raisedLimits,
      from: 'if (isFailing(await ports.limiter.clearPlaces(hashOf(seen)))) return;',
      to: 'await ports.limiter.clearPlaces(hashOf(seen));',
      outsideSimulation: 'it changes no limits',
    },
    {
      name: 'a limit that is lowered sends what waits',
      breaks: raisedLimits,
      from: '(next === undefined || next > before)',
      to: 'next !== before',
      outsideSimulation: 'it changes no limits',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/limiter/updates.ts', caughtBy: contracts }, [
    {
      name: 'a limit that is raised makes the limiter of an endpoint that had no request',
      breaks: raisedLimits,
      from: "set: { reservedUntil: undefined },\n    condition: 'attribute_exists(#id)',",
      to: 'set: { reservedUntil: undefined, failures: 0 },',
      outsideSimulation: 'it changes no limits',
    },
  ]),
];

const showing = [
  ...mutantsOf({ file: 'lambdas/domain/endpoint-wait.ts', caughtBy: showTests }, [
    {
      name: 'what waits for its schedule is said to wait for a limit',
      breaks: shownWaits,
      from: 'if (!isHeldBack || isFree(state, limits, now))',
      to: 'if (isFree(state, limits, now))',
      outsideSimulation: isShown,
    },
    {
      name: 'a slot whose time is over is shown as taken',
      breaks: shownWaits,
      from: 'filter(([, { until }]) => until > now)',
      to: 'filter(([, { until }]) => until > 0)',
      outsideSimulation: isShown,
    },
  ]),
  ...mutantsOf(
    { file: 'lambdas/outbound/deliver/admit.ts', caughtBy: 'test/outbound/deliver/limit-wait.test.ts' },
    [
      {
        name: 'an endpoint that is failing counts as one whose limits are too low',
        breaks: shownWaits,
        from: 'known !== undefined && !isFailing(known.state)',
        to: 'known !== undefined',
        outsideSimulation: isShown,
      },
    ],
  ),
];

/** Mistakes about what waits for an endpoint, and how it is shown. */
export const waitMutants = [...listing, ...raising, ...showing];
