import { memoryClaims } from '../../support/memory/inbound-claims.ts';
import { memoryOnceOnly } from '../../support/memory/once-only.ts';
import { claimsContract } from './claims-contract.ts';
import { keptContract } from './kept-contract.ts';
import { onceOnlyContract } from './once-only-contract.ts';

claimsContract('the fake in memory', async () => memoryClaims());
keptContract('the fake in memory', async () => memoryClaims());
onceOnlyContract('the fake in memory', async (_source, rememberFor) => memoryOnceOnly(rememberFor));
