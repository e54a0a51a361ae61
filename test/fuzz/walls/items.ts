import type { DynamodbClient } from '../../../lambdas/adapters/dynamodb/commands.ts';
import {
  parseClaimed,
  parseDelivery,
  parseDeliveryOf,
} from '../../../lambdas/adapters/dynamodb/deliveries/item.ts';
import { listStoppedAgain } from '../../../lambdas/adapters/dynamodb/deliveries/list-again.ts';
import { dynamodbStandings } from '../../../lambdas/adapters/dynamodb/deliveries/standings.ts';
import { dynamodbStopped } from '../../../lambdas/adapters/dynamodb/deliveries/stopped.ts';
import { changeCount } from '../../../lambdas/adapters/dynamodb/endpoints/change-count.ts';
import { dynamodbEndpointGauges } from '../../../lambdas/adapters/dynamodb/endpoints/gauges.ts';
import { endpointItem, parseEndpoint } from '../../../lambdas/adapters/dynamodb/endpoints/item.ts';
import { dynamodbEventTypes } from '../../../lambdas/adapters/dynamodb/event-types.ts';
import { parseTally } from '../../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { parseEventItem } from '../../../lambdas/adapters/dynamodb/inbound-events/item.ts';
import { dynamodbTaps } from '../../../lambdas/adapters/dynamodb/inbound-events/taps.ts';
import { parseLimiter } from '../../../lambdas/adapters/dynamodb/limiter/item.ts';
import { parseManifest } from '../../../lambdas/adapters/dynamodb/manifests.ts';
import { parseOutboundEvent } from '../../../lambdas/adapters/dynamodb/outbound-events/item.ts';
import { parseRecovery } from '../../../lambdas/adapters/dynamodb/recoveries.ts';
import { asDeliveryId, asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { parseJson } from '../../../lambdas/domain/json.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { throwIt } from '../../support/fixtures/throw-it.ts';
import type { Wall } from '../../support/hostile/wall.ts';

const at = 1_795_000_000_000;
const pending = {
  id: 'dlv_1',
  tenant: 'acme',
  eventId: 'evt_1',
  eventType: 'a.b',
  endpointId: 'ep_1',
  correlationId: 'c',
  attempts: 1,
  attemptsBefore: 0,
  attemptLog: [{ n: 1, at, ms: 5, status: 500, phase: 'head', location: 'https://a.example/', sample: 'x' }],
  createdAt: at,
  claims: 1,
  crashes: 0,
  round: 1,
  deadline: at,
  lifetime: 1,
  eventExpiresAt: 1,
  eventKeptFor: 1,
  sweeps: 0,
  status: 'pending',
  dueAt: at,
  leaseUntil: at,
};
const ended = { ...pending, status: 'failed', cause: 'refused', expiresAt: 1, lastError: 'answered 500' };
const endpoint = {
  ...endpointItem(newEndpoint(unixMillis(at))),
  filter: { all: [{ path: 'a.b', equals: 1 }, { not: { path: ['c'], in: ['x', null] } }] },
  headers: { 'x-key': { sealedBy: 'k', sealed: 's' } },
  metadata: { team: 'a' },
  disabled: { reason: 'manual', at },
  attention: 'yes',
  attentionAt: at,
};
const inboundEvent = {
  id: 'stripe#evt_1',
  status: 'retrying',
  owner: 'i/m',
  attempts: 1,
  dueAt: at,
  eventType: 'a.b',
  receivedAt: at,
  keptBody: 'inbound/kept/x',
};
const outboundEvent = {
  id: 'acme#evt_1',
  eventType: 'a.b',
  createdAt: at,
  contentHash: 'h',
  payload: '{}',
  expiresAt: 1,
};
const recovery = {
  id: 'rec_1',
  ofTenant: 'acme',
  endpointId: 'ep_1',
  since: at,
  until: at,
  status: 'running',
  estimate: { count: 1, isExact: true },
  replayed: 0,
  refused: 0,
  place: { day: '2026-11-01', shard: 0 },
  createdAt: at,
  updatedAt: at,
};
const tally = {
  id: 'h',
  count: 1,
  since: at,
  notifyAt: at,
  last: {
    tenant: 'acme',
    endpointId: 'ep_1',
    deliveryId: 'dlv_1',
    round: 1,
    eventId: 'evt_1',
    eventType: 'a.b',
    attempts: 1,
    reason: 'answered 500',
    lastAttempt: { n: 1, at, ms: 5 },
  },
};
const eventType = {
  id: 'a.b',
  description: '',
  schemaText: '{"type":"object"}',
  exampleText: '{}',
  checkPayload: true,
  createdAt: at,
  updatedAt: at,
  version: 1,
};

const manifest = {
  tenant: '/manifest/3',
  id: `${at}#h`,
  madeAt: at,
  deliveries: ['dlv_1'],
  lookAt: at,
  looks: 0,
};

/** A table that answers each read with one item. */
const tableWith = (Item: unknown): DynamodbClient => {
  const send = async () => ({ Item, Items: [Item], Responses: { T: [Item] } });
  const client: unknown = { send };
  return client as DynamodbClient;
};

const item = (
  name: string,
  file: string,
  valid: readonly object[],
  parse: (given: unknown) => unknown,
): Wall => ({
  name: `an item: ${name}`,
  files: [`lambdas/adapters/dynamodb/${file}`],
  valid,
  throws: ['MalformedItemError'],
  // Ids.
  repeats: true,
  feed: (text) => {
    const given = parseJson(text);
    // DynamoDB has objects only.
    return typeof given === 'object' && given !== null && !Array.isArray(given) ? parse(given) : undefined;
  },
});

export const itemWalls: readonly Wall[] = [
  item(
    'a delivery',
    'deliveries/item.ts',
    [pending, ended, { ...pending, status: 'held', heldAt: at }],
    parseDelivery,
  ),
  item('a pending delivery', 'deliveries/item.ts', [pending], parseDeliveryOf.pending),
  item('a claimed delivery', 'deliveries/item.ts', [pending], parseClaimed),
  item('an endpoint', 'endpoints/item.ts', [endpoint], parseEndpoint),
  item('an inbound event', 'inbound-events/item.ts', [inboundEvent], parseEventItem),
  item('an outbound event', 'outbound-events/item.ts', [outboundEvent], parseOutboundEvent),
  item('a recovery', 'recoveries.ts', [recovery], parseRecovery),
  item('a tally', 'failure-tallies.ts', [tally], parseTally),
  item('a limiter', 'limiter/item.ts', [{ nextAt: at, failures: 1, slotA: at, openUntil: at }], parseLimiter),
  item('an event type', 'event-types.ts', [eventType], async (given) => {
    const types = dynamodbEventTypes(tableWith(given), 'T');
    await types.read('a.b');
    await types.page(undefined, 1);
  }),
  item(
    'a tap',
    'inbound-events/taps.ts',
    [{ tap0: { queueName: 'q', until: at }, tap7: { queueName: 'r', until: at } }],
    (given) => dynamodbTaps(tableWith(given), 'T').read('stripe'),
  ),
  item('the standing of a delivery', 'deliveries/standings.ts', [pending], (given) =>
    dynamodbStandings(tableWith(given), 'T').standings([asDeliveryId('d')], false, throwIt),
  ),
  item('a stopped delivery', 'deliveries/stopped.ts', [pending], (given) =>
    dynamodbStopped(tableWith(given), 'T').stopped(
      { tenant: asTenantId('acme'), endpointId: asEndpointId('ep_1') },
      ['failed'],
      { above: '0', below: '9999999999999', order: 'oldest first' },
      10,
    ),
  ),
  item('a stopped delivery of an earlier version', 'deliveries/list-again.ts', [ended], (given) =>
    listStoppedAgain(tableWith(given), 'T', () => undefined),
  ),
  item('a manifest', 'manifests.ts', [manifest], parseManifest),
  item('the count of changes', 'endpoints/change-count.ts', [{ changes: 1 }], (given) =>
    changeCount(tableWith(given), 'T').read(asTenantId('acme')),
  ),
  item('the count of endpoints', 'endpoints/gauges.ts', [{ known: 1 }], (given) =>
    dynamodbEndpointGauges(tableWith(given), 'T').known(() => false),
  ),
];
