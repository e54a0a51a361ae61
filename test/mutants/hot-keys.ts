import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { hotKeys, inboundEnds } = promises;
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

/** Mistakes that make a key hot, or lose what is spread over several. */
export const hotKeyMutants = [...keptEvents];
