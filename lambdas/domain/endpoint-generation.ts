import { createHash } from 'node:crypto';
import type { DeliveryFacts } from './delivery-record.ts';
import type { Endpoint } from './endpoint.ts';
import { later, seconds } from './time.ts';

/**
 * Identifies one endpoint among all that have had its id: one that is deleted and created again is another endpoint.
 *
 * For an endpoint from before there were generations it is the instant of its creation, which never changes either.
 */
export const generationOf = ({ generation, createdAt }: Pick<Endpoint, 'generation' | 'createdAt'>): string =>
  generation ?? String(createdAt);

/** Tolerated clock skew between the function that created the endpoint and the one that created the delivery. Only for deliveries without a generation. */
const clockSkew = seconds(10);

/** Whether a delivery is for an earlier endpoint of the same id, which has been deleted. */
export const isForEarlierEndpoint = (
  { generation, createdAt }: Pick<DeliveryFacts, 'generation' | 'createdAt'>,
  endpoint: Pick<Endpoint, 'generation' | 'createdAt'>,
): boolean =>
  generation === undefined
    ? later(createdAt, clockSkew) < endpoint.createdAt
    : generation !== generationOf(endpoint);

/** The first version of an endpoint. No other endpoint of its id has had it, even if clocks differ. */
export const firstVersion = (generation: string): number =>
  createHash('sha256').update(generation).digest().readUIntBE(0, 6);
