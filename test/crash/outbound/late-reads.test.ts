import { lateReads } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';

testFaults('reads that miss the last writes', { first: lateReads });
