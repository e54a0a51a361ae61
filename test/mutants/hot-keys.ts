import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { held, hotKeys, inboundEnds, notices } = promises;
const keptTests = 'test/adapters/dynamodb/kept-index.test.ts';
const listsNothing = 'the simulation lists no kept events';

const keptEvents = [
  ...mutantsOf(
    { file: 'lambdas/domain/kept-events.ts', caughtBy: keptTests, outsideSimulation: listsNothing },
    [
      {
        name: 'the kept events of a day and status are in one partition of the index',
        breaks: hotKeys,
        from: 'hash % keptIndex.shards',
        to: 'hash % 1',
      },
      {
        name: 'a partition of the kept events is not read',
        breaks: inboundEnds,
        from: '{ length: keptIndex.shards }',
        to: '{ length: keptIndex.shards - 1 }',
      },
      {
        name: 'what was kept before there were partitions is not listed',
        breaks: inboundEnds,
        from: ', keptDay];',
        to: '];',
      },
      {
        name: 'failed events are listed by going through the ignored ones',
        breaks: hotKeys,
        from: 'status === undefined ? keptStatuses : [status]',
        to: 'keptStatuses',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/adapters/dynamodb/inbound-events/kept.ts',
      caughtBy: keptTests,
      outsideSimulation: listsNothing,
    },
    [
      {
        name: 'a page ends within an instant, and the next one leaves out the rest of it',
        breaks: inboundEnds,
        from: 'place.keptAt < cutAt)',
        to: 'place.keptAt <= cutAt)',
      },
      {
        name: 'a list of kept events ends at an instant at which many were kept',
        breaks: inboundEnds,
        from: 'while (from !== undefined && !hasProgress(places, after))',
        to: 'while (from !== undefined && places.length === 0)',
      },
      {
        name: 'a page of kept events says that it is the last although a partition has more',
        breaks: inboundEnds,
        from: 'found.length > limit || cutAt !== undefined',
        to: 'found.length > limit',
      },
    ],
  ),
];

const tallies = [
  ...mutantsOf(
    {
      file: 'lambdas/adapters/dynamodb/failure-tallies.ts',
      caughtBy: 'test/adapters/dynamodb/evaluator-contracts.test.ts',
    },
    [
      {
        name: 'several failures are not counted if the last of them was counted before',
        breaks: notices,
        from: "${count > 1 ? ' AND #group = :group' : ''}",
        to: '',
      },
      {
        name: 'several failures that are counted together count as one',
        breaks: notices,
        from: 'more: count,',
        to: 'more: 1,',
      },
    ],
  ),
  ...mutantsOf(
    { file: 'lambdas/outbound/count-together.ts', caughtBy: 'test/outbound/count-together.test.ts' },
    [
      {
        name: 'each failure of an endpoint is a write of its own',
        breaks: hotKeys,
        from: 'const others = waiting.get(name);',
        to: 'const others = waiting.get(`${name}/`);',
        outsideSimulation: 'it sees nothing of how many writes there are',
      },
      {
        name: 'a failure counts as counted while its write is still to come',
        breaks: notices,
        from: 'return one.counted.promise;',
        to: 'return Promise.resolve();',
      },
      {
        name: 'failures that came while one was counted are forgotten',
        breaks: notices,
        from: 'waiting.set(name, []);\n      await countGroup(group[0], group, tallies);',
        to: 'await countGroup(group[0], group, tallies);\n      waiting.set(name, []);',
      },
      {
        name: 'a write that fails is an error of one failure only',
        breaks: notices,
        from: 'for (const { counted } of group) counted.reject(error);',
        to: 'first.counted.reject(error);\n    for (const { counted } of group) counted.resolve();',
      },
      {
        name: 'two tasks of one delivery are two failures',
        breaks: notices,
        from: 'tallies.add(last, first.now, byFailure.size)',
        to: 'tallies.add(last, first.now, group.length)',
        outsideSimulation: 'two tasks of one delivery do not fail at once in it',
      },
    ],
  ),
];

const releases = [
  ...mutantsOf(
    {
      file: 'lambdas/outbound/sweep/release-held.ts',
      caughtBy: 'test/outbound/sweep/release-in-turns.test.ts',
      outsideSimulation: 'it has less than a page of deliveries for an endpoint',
    },
    [
      {
        name: 'held deliveries are released without regard to what their endpoint takes',
        breaks: held,
        from: 'const atMost = releasePace(due.endpoint, due.limiter);',
        to: 'const atMost = 100_000;',
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/domain/release-pace.ts', caughtBy: 'test/domain/release-pace.test.ts' }, [
    {
      name: 'held deliveries of an endpoint with a very low rate are never released',
      breaks: held,
      from: 'Math.max(least, Math.floor(',
      to: 'Math.max(0, Math.floor(',
      outsideSimulation: 'its lowest rate is one a second',
    },
  ]),
  ...mutantsOf(
    { file: 'lambdas/outbound/sweep/turns.ts', caughtBy: 'test/outbound/sweep/release-in-turns.test.ts' },
    [
      {
        name: 'a piece of work that ends lets two others on',
        breaks: hotKeys,
        from: 'else next();',
        to: 'else {\n        next();\n        waiting.shift()?.();\n      }',
        outsideSimulation: 'it has too few endpoints with work at once',
      },
    ],
  ),
];

/** Mistakes that make a key hot, or lose what is spread over several. */
export const hotKeyMutants = [...keptEvents, ...tallies, ...releases];
