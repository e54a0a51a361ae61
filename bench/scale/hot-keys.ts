import { batchSizes, step } from '../../cost/data.ts';
import {
  attentionIndex,
  byEndpointIndex,
  dueIndex,
  keptIndex,
  manifestShards,
  stoppedIndex,
  waitingIndex,
} from '../../lambdas/domain/tables.ts';
import { functionsFor, unitsByTable, unitsOf } from './limits.ts';

/** A tenant's events a second, to ten endpoints, each with a tenth of them. */
const hotRates = { tenant: 10_000, endpoint: 1_000, endpointsOfTenant: 10 } as const;

/** A partition key of a table or an index, and what the hottest value of it takes a second. */
export interface HotKey {
  readonly table: 'InboundEvents' | 'Events' | 'Deliveries' | 'Endpoints';
  /** The index; undefined for the table itself. */
  readonly index?: string;
  readonly key: string;
  /** What causes the writes and reads. */
  readonly because: string;
  readonly writes: number;
  readonly reads: number;
  /** What would have to change, for a key that takes too much. */
  readonly change?: string;
}

const { tenant, endpoint } = hotRates;
/** The consumer looks for a listener once in 5 s, and the publisher for an event type once in 60 s. */
const [tapKept, eventTypeKept] = [5, 60];

const inboundKeys: readonly HotKey[] = [
  {
    table: 'InboundEvents',
    key: 'an event of a source',
    because: 'claim and outcome, once',
    writes: unitsByTable.InboundEvents,
    reads: 0,
  },
  {
    table: 'InboundEvents',
    index: keptIndex.name,
    key: `a source, day, status and one of ${keptIndex.shards} shards`,
    because: 'each event without a handler, or failed',
    writes: tenant / keptIndex.shards,
    reads: 0,
  },
  {
    table: 'InboundEvents',
    key: 'the listener of a source',
    because: 'each consumer, once in 5 s',
    writes: 0,
    reads: Math.ceil(functionsFor.consume(tenant) / tapKept),
  },
];

const deliveryKeys: readonly HotKey[] = [
  {
    table: 'Events',
    key: 'an event of a tenant',
    because: 'put, once',
    writes: unitsByTable.Events,
    reads: 0,
  },
  {
    table: 'Deliveries',
    key: 'a delivery',
    because: 'claim, which puts it, and record, once',
    writes: unitsByTable.Deliveries,
    reads: 0,
  },
  {
    table: 'Deliveries',
    index: dueIndex.name,
    key: `one of ${dueIndex.shards} shards, of all tenants`,
    because: 'each delivery whose first attempt fails, in and out: those of an endpoint that is down',
    writes: (2 * endpoint) / dueIndex.shards,
    reads: 0,
  },
  {
    table: 'Deliveries',
    index: byEndpointIndex.name,
    key: `an endpoint, day and one of ${byEndpointIndex.shards} shards`,
    because: 'each delivery, in',
    writes: endpoint / byEndpointIndex.shards,
    reads: 0,
  },
  {
    table: 'Deliveries',
    index: waitingIndex.name,
    key: `an endpoint with limits or that is down, and one of ${waitingIndex.shards} shards`,
    because: 'each delivery that is deferred, in and out',
    writes: (2 * endpoint) / waitingIndex.shards,
    reads: 0,
  },
  {
    table: 'Deliveries',
    index: stoppedIndex.name,
    key: `an endpoint, a status (held, failed or discarded) and one of ${stoppedIndex.shards} shards`,
    because: 'each delivery that stops in, and out again when it is released or replayed',
    writes: (2 * endpoint) / stoppedIndex.shards,
    reads: 0,
  },
];

const endpointKeys: readonly HotKey[] = [
  {
    table: 'Endpoints',
    key: 'a tenant',
    because: 'each batch of tasks reads their endpoints; publishers read them after a change',
    writes: 0,
    reads: tenant * step('delivered, batch').read,
  },
  {
    table: 'Endpoints',
    key: 'the limiter of an endpoint',
    because:
      'each batch leases slots for its tasks and gives them back, by two or three writes, if the endpoint has limits or is not well',
    writes: (unitsOf.limiter * endpoint) / batchSizes.deliver,
    reads: 0,
  },
  {
    table: 'Endpoints',
    key: 'the changes of a tenant',
    because: 'each full batch of events reads their count',
    writes: 0,
    reads: tenant / batchSizes.publish,
  },
  {
    table: 'Endpoints',
    key: `one of ${manifestShards} shards of manifests, of all tenants`,
    because: 'each batch of events puts one, and the sweep deletes it; here each event is alone in its batch',
    writes: (2 * tenant) / manifestShards,
    reads: 0,
  },
  {
    table: 'Endpoints',
    key: 'the failures of an endpoint',
    because:
      'each batch with deliveries that end without success: the first of them, then the others together. A process writes one at a time, so more failures make larger counts, not more writes',
    writes: (2 * endpoint) / batchSizes.deliver,
    reads: 0,
  },
  {
    table: 'Endpoints',
    key: 'the event types',
    because: 'each publisher, once a minute and type',
    writes: 0,
    reads: Math.ceil(functionsFor.publish(tenant) / eventTypeKept),
  },
  {
    table: 'Endpoints',
    index: attentionIndex.name,
    key: `one of ${attentionIndex.shards} shards, of all endpoints that are down`,
    because: 'each breaker that opens, not each event',
    writes: Math.ceil(hotRates.endpointsOfTenant / attentionIndex.shards),
    reads: 0,
  },
];

/** Every key that events write or read. */
export const hotKeys: readonly HotKey[] = [...inboundKeys, ...deliveryKeys, ...endpointKeys];
