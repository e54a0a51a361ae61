import { consumeClaims } from './consume-claims.ts';
import { consumeEndings } from './consume-endings.ts';
import { deliverAttempts } from './deliver-attempts.ts';
import { deliverClaims } from './deliver-claims.ts';
import { deliverRecords } from './deliver-records.ts';
import { deliveryChanges } from './delivery-changes.ts';
import { deliveryClaims } from './delivery-claims.ts';
import { deliveryIndexes, deliveryReplays } from './delivery-replays.ts';
import { endpointHealth } from './endpoint-health.ts';
import { endpointMutants } from './endpoints.ts';
import { functionAndQueueMutants } from './functions-and-queues.ts';
import { gatheredWriteMutants } from './gathered-writes.ts';
import { holdMutants } from './holds.ts';
import { hotKeyMutants } from './hot-keys.ts';
import { inboundRecords } from './inbound-records.ts';
import { jobMutants } from './jobs.ts';
import { leasedSlots } from './leased-slots.ts';
import { limiterLearnt } from './limiter-learnt.ts';
import { limiterRules } from './limiter-rules.ts';
import { limiterSlots } from './limiter-slots.ts';
import { limiterWrites } from './limiter-writes.ts';
import { managementMutants } from './management.ts';
import { manifestMutants } from './manifests.ts';
import { ownNetworkMutants } from './own-network.ts';
import { publishRecords } from './publish-records.ts';
import { publishSteps } from './publish-steps.ts';
import { receiveMutants } from './receive.ts';
import { replayMutants } from './replays.ts';
import { sidelineMutants } from './sideline.ts';
import type { SourceMutant } from './source-mutant.ts';
import { bodyAndSecretMutants } from './stored-bodies-and-secrets.ts';
import { sweepMutants } from './sweep.ts';
import { targetMutants } from './targets.ts';
import { waitMutants } from './waits.ts';

/** All mutants: the mistakes that some test must notice. */
export const sourceMutants: readonly SourceMutant[] = [
  ...inboundRecords,
  ...consumeClaims,
  ...consumeEndings,
  ...receiveMutants,
  ...ownNetworkMutants,
  ...publishRecords,
  ...publishSteps,
  ...deliveryClaims,
  ...deliveryChanges,
  ...deliveryReplays,
  ...deliveryIndexes,
  ...deliverClaims,
  ...deliverAttempts,
  ...deliverRecords,
  ...limiterSlots,
  ...limiterWrites,
  ...limiterLearnt,
  ...limiterRules,
  ...endpointHealth,
  ...leasedSlots,
  ...sidelineMutants,
  ...endpointMutants,
  ...jobMutants,
  ...holdMutants,
  ...sweepMutants,
  ...manifestMutants,
  ...replayMutants,
  ...managementMutants,
  ...functionAndQueueMutants,
  ...bodyAndSecretMutants,
  ...gatheredWriteMutants,
  ...waitMutants,
  ...hotKeyMutants,
  ...targetMutants,
];

/** @throws when there is no mutant of that name */
export function mutantNamed(name: string): SourceMutant {
  const found = sourceMutants.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  throw new Error(`MUTANT is '${name}', and no mutant has that name; the lists are in test/mutants/`);
}
