import { breakdowns } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';
import { basicScenarios } from './scenarios.ts';

testFaults('tables or all of AWS out of order', { first: breakdowns }, basicScenarios);
