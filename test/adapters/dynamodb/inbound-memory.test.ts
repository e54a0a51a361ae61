import { memoryInboundEvents } from '../../support/memory/inbound-events.ts';
import { claimsContract } from './claims-contract.ts';
import { keptContract } from './kept-contract.ts';

claimsContract('the fake in memory', async () => memoryInboundEvents());
keptContract('the fake in memory', async () => memoryInboundEvents());
