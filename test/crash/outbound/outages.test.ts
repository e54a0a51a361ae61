import { breakdowns } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';
import { basicScenarios } from './scenarios.ts';

// Six outages begin at each call, and go on over the calls that follow.
testFaults('tables or all of AWS out of order', { first: breakdowns, nth: 5 }, basicScenarios);
