import { zombies } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';

testFaults('workers that stall and wake beside others', { first: zombies });
