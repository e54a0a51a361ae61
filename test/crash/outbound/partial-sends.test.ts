import { partialSends } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';

testFaults('batches of which the queue takes a part', { first: partialSends });
