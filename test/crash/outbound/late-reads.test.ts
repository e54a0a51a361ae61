import { lateReads } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';
import { scenarios } from './scenarios.ts';

/** Its runs are the longest by far. */
const longest = 'an endpoint that is never enabled again';

testFaults(
  'reads that miss the last writes',
  { first: lateReads },
  scenarios.filter(({ name }) => name !== longest),
);
