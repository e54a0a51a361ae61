import type { EndpointId, TenantId } from '../../../domain/ids.ts';
import { stoppedPartitionsOf } from '../../../domain/stopped-deliveries.ts';
import { stoppedIndex } from '../../../domain/tables.ts';
import type { DynamodbClient } from '../commands.ts';
import { endpointIndex } from './endpoint-index.ts';

interface EndpointName {
  readonly tenant: TenantId;
  readonly id: EndpointId;
}

/** The held deliveries in the index of stopped ones: they wait for their endpoint to be enabled. */
export function dynamodbHeld(client: DynamodbClient, table: string) {
  const index = endpointIndex(client, table, stoppedIndex);
  return {
    /** Reads the oldest first; eventually consistent. */
    heldOf: (endpoint: EndpointName, limit: number) => index.ids(partitionsOf(endpoint), limit),

    /** Counts those that are held; with `isExact: false` there are more. @param atMost the most to count in each partition */
    countHeld: (endpoint: EndpointName, atMost: number) => index.count(partitionsOf(endpoint), atMost),
  };
}

const partitionsOf = ({ tenant, id }: EndpointName): readonly string[] =>
  stoppedPartitionsOf({ tenant, endpointId: id }, 'held');
