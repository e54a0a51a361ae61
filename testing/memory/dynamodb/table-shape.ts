import {
  attentionIndex,
  byEndpointIndex,
  dueIndex,
  keptIndex,
  stoppedIndex,
  waitingIndex,
} from '../../../lambdas/domain/tables.ts';

interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly sortType?: 'string';
}

/** The parts of a table that conditions and queries depend on. */
export interface TableShape {
  readonly partitionKey?: string;
  readonly indexes?: readonly TableIndex[];
}

/** The tables as the CDK app makes them. */
export const shapes = {
  inboundEvents: { indexes: [keptIndex] },
  deliveries: { indexes: [dueIndex, stoppedIndex, byEndpointIndex, waitingIndex] },
  outboundEvents: {},
  endpoints: { partitionKey: 'tenant', indexes: [attentionIndex] },
} as const satisfies Readonly<Record<string, TableShape>>;
