import { purges } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';

testFaults('emptied queues', { first: purges });
