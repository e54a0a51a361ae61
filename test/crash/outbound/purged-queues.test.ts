import { purges } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';

// Two purges at each call: the queues change at few of them.
testFaults('emptied queues', { first: purges, nth: 3 });
