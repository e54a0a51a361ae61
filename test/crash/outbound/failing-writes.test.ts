import { rejections } from './every-fault.ts';
import { testFaults } from './fault-tests.ts';

testFaults('writes that fail, or whose response is lost', { first: rejections });
