import { zombies } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';
import { basicScenarios } from './scenarios.ts';
import { scenariosOfTwoTasks } from './scenarios-of-two-tasks.ts';

testFaults('workers that stall and wake beside others', { first: zombies }, [
  ...basicScenarios,
  ...scenariosOfTwoTasks,
]);
