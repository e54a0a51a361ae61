import { memoryClaims } from '../fakes/inbound-claims.ts';
import { claimsContract } from './claims-contract.ts';

claimsContract('the fake in memory', async () => memoryClaims());
