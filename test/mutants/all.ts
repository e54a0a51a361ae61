import { adapterMutants } from './adapters.ts';
import { consumeMutants } from './consume.ts';
import { deliverMutants } from './deliver.ts';
import { deliveryChanges } from './delivery-changes.ts';
import { deliveryClaims } from './delivery-claims.ts';
import { deliveryIndexes, deliveryReplays } from './delivery-replays.ts';
import { endpointMutants } from './endpoints.ts';
import { inboundRecords } from './inbound-records.ts';
import { limiterMutants } from './limiter.ts';
import { managementMutants } from './management.ts';
import { publishMutants } from './publish.ts';
import { receiveMutants } from './receive.ts';
import type { SourceMutant } from './source-mutant.ts';
import { sweepMutants } from './sweep.ts';

/** All mutants: the mistakes that some test must notice. */
export const sourceMutants: readonly SourceMutant[] = [
  ...inboundRecords,
  ...consumeMutants,
  ...receiveMutants,
  ...publishMutants,
  ...deliveryClaims,
  ...deliveryChanges,
  ...deliveryReplays,
  ...deliveryIndexes,
  ...deliverMutants,
  ...limiterMutants,
  ...endpointMutants,
  ...sweepMutants,
  ...managementMutants,
  ...adapterMutants,
];

/** @throws when there is no mutant of that name */
export function mutantNamed(name: string): SourceMutant {
  const found = sourceMutants.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  throw new Error(`MUTANT is '${name}', and no mutant has that name; the lists are in test/mutants/`);
}
