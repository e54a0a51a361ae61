import type { UnixMillis } from '../../../lambdas/domain/time.ts';
import type { OutboundPorts } from '../../../lambdas/outbound/ports.ts';
import type { ClientHooks } from '../../../testing/memory/dynamodb/dynamodb.ts';
import type { Parts } from './world.ts';

/** Breaks a rule of the code under test, through the parts of one process. */
export type PartsMistake = (parts: Parts, now: () => UnixMillis) => Partial<Parts>;

type SwappedPorts = Partial<
  Pick<OutboundPorts, 'deliveries' | 'manifests' | 'events' | 'putPayload' | 'sendTasks'>
>;

/** A deliberate mistake, at one of three places. */
export interface Mistake {
  /** In the ports: a call of them is one effect. */
  readonly parts?: PartsMistake;
  /** Between the code and its ports: a fault can hit each call that it makes. */
  readonly above?: (ports: SwappedPorts) => SwappedPorts;
  /** In what the adapters ask of DynamoDB. */
  readonly request?: ClientHooks['mutate'];
}

/** Most are in the ports. */
export type Mutant = PartsMistake | Mistake;

export const mistakeOf = (mutant: Mutant): Mistake =>
  typeof mutant === 'function' ? { parts: mutant } : mutant;
