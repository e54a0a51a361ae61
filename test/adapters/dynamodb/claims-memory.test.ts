import { memoryClaims } from '../../support/memory/inbound-claims.ts';
import { claimsContract } from './claims-contract.ts';
import { keptContract } from './kept-contract.ts';

claimsContract('the fake in memory', async () => memoryClaims());
keptContract('the fake in memory', async () => memoryClaims());
