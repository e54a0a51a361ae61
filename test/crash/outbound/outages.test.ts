import { breakdowns } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';

testFaults('tables or all of AWS out of order', {
  first: breakdowns,
  // Six outages begin at each call, and go on over the calls that follow.
  nth: 5,
});
