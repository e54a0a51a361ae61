import { zombies } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';
import { basicScenarios } from './scenarios.ts';
import { scenariosOfTwoTasks } from './scenarios-of-two-tasks.ts';

// Six stalls begin at each call, and last for many calls of others.
testFaults('workers that stall and wake beside others', { first: zombies, nth: 5 }, [
  ...basicScenarios,
  ...scenariosOfTwoTasks,
]);
