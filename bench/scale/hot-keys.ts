import { step, stepOfSize } from '../../cost/data.ts';
import {
  attentionIndex,
  byEndpointIndex,
  dueIndex,
  heldIndex,
  keptIndex,
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
const delivered = stepOfSize('delivered', 1_000);
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
    key: 'a source and day',
    because: 'each event without a handler, or failed',
    writes: tenant,
    reads: 0,
    change: 'shards by the hash of the event',
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
    because: 'put and fan-out mark, once',
    writes: unitsByTable.Events,
    reads: 0,
  },
  {
    table: 'Deliveries',
    key: 'a delivery',
    because: 'put, claim and record, once',
    writes: unitsByTable.Deliveries,
    reads: 0,
  },
  {
    table: 'Deliveries',
    index: dueIndex.name,
    key: `one of ${dueIndex.shards} shards, of all tenants`,
    because: 'each delivery, in and out',
    writes: (2 * tenant) / dueIndex.shards,
    reads: 0,
    change: 'no entry before the first failure, or 32 shards',
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
    key: `an endpoint that is down, and one of ${waitingIndex.shards} shards`,
    because: 'each delivery, in',
    writes: endpoint / waitingIndex.shards,
    reads: 0,
  },
  {
    table: 'Deliveries',
    index: heldIndex.name,
    key: 'an endpoint that is disabled',
    because: 'each delivery in, and out again when it is released',
    writes: 2 * endpoint,
    reads: 0,
    change: 'shards, as the other two indexes by endpoint have',
  },
];

const endpointKeys: readonly HotKey[] = [
  {
    table: 'Endpoints',
    key: 'a tenant',
    because: `each event reads its ${hotRates.endpointsOfTenant} endpoints; each batch reads the endpoints of its tasks`,
    writes: 0,
    reads: tenant * step('fanned out to 10').read + tenant * delivered.read,
    change: 'an index by event type, or a cache of seconds, for publish; a cache of seconds for deliver',
  },
  {
    table: 'Endpoints',
    key: 'the limiter of an endpoint',
    because: 'each attempt takes a slot and releases it',
    writes: unitsOf.limiter * endpoint,
    reads: 0,
    change: 'no write for a healthy endpoint without limits; slots taken for several tasks at once',
  },
  {
    table: 'Endpoints',
    key: 'the failures of an endpoint',
    because: 'each delivery that ends without success',
    writes: endpoint,
    reads: 0,
    change: 'a count for each batch',
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
