import { repetitions } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';

testFaults('clients that make a call twice', { first: repetitions });
