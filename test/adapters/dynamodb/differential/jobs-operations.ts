import { dynamodbEventTypes } from '../../../../lambdas/adapters/dynamodb/event-types.ts';
import { dynamodbTallies } from '../../../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { dynamodbRecoveries } from '../../../../lambdas/adapters/dynamodb/recoveries.ts';
import { endpointHash } from '../../../../lambdas/domain/delivery-task.ts';
import type { EventTypeRecord } from '../../../../lambdas/domain/event-type.ts';
import type { EndedDelivery, FailureTally } from '../../../../lambdas/domain/failure-tally.ts';
import { asDeliveryId, asEndpointId, asEventId, asTenantId } from '../../../../lambdas/domain/ids.ts';
import type { Recovery } from '../../../../lambdas/domain/recovery.ts';
import { after, type Draw, type MakeOperations, oneOf, recent, start } from './operations.ts';

/** Two recoveries. */
export const recoveriesOperations: MakeOperations = (client, run) => {
  const tenant = asTenantId(run);
  const store = dynamodbRecoveries(client, 'Endpoints');
  const snaps: Recovery[] = [];
  const idOf = ({ a }: Draw): string => `rec_${tenant}_${a % 2}`;
  const fresh = (draw: Draw): Recovery => ({
    id: idOf(draw),
    tenant,
    endpointId: asEndpointId('e'),
    since: start,
    until: draw.now,
    status: 'running',
    estimate: { count: draw.b, isExact: draw.c > 1 },
    replayed: 0,
    refused: 0,
    createdAt: draw.now,
    updatedAt: draw.now,
  });
  const note = async (write: Promise<Recovery | undefined>): Promise<void> => {
    const recovery = await write;
    if (recovery !== undefined) snaps.push(recovery);
  };
  return {
    create: (draw) => store.create(fresh(draw)),
    read: (draw) => note(store.read(idOf(draw))),
    running: () => store.running(),
    claim: (draw) => note(store.claim(idOf(draw), draw.now, after(draw.now, 60))),
    claimAgain: (draw) => note(store.claim(idOf(draw), draw.now, after(draw.now, 60))),
    advance: (draw) =>
      note(
        store.advance(
          recent(snaps, draw.a) ?? fresh(draw),
          {
            ...(draw.c > 1 && { passed: 'x' }),
            replayed: draw.a,
            refused: 0,
            status: draw.b === 3 ? 'done' : 'running',
            ...(draw.c > 2 && { ofEarlierEndpoint: 1 }),
          },
          draw.now,
        ),
      ),
    cancel: async (draw) => draw.b === 0 && note(store.cancel(idOf(draw), draw.now)),
  };
};

/** The failures of two endpoints. */
export const talliesOperations: MakeOperations = (client, run) => {
  const tenant = asTenantId(run);
  const store = dynamodbTallies(client, 'Endpoints');
  const snaps: FailureTally[] = [];
  const ended = ({ a, b, c }: Draw): EndedDelivery => ({
    tenant,
    endpointId: asEndpointId(`ep_${a % 2}`),
    deliveryId: asDeliveryId(`d${b}`),
    round: 1 + (c % 2),
    eventId: asEventId('e'),
    eventType: 'invoice.paid',
    attempts: 6,
    reason: 'answered 503',
    ...(c > 1 && { cause: 'exhausted', host: 'a.example', lastAttempt: { n: 6, at: start, ms: 0.5 } }),
  });
  const read = async (draw: Draw) => {
    const tally = await store.read(endpointHash(ended(draw)));
    if (tally !== undefined) snaps.push(tally);
  };
  return {
    add: (draw) => store.add(ended(draw), draw.now),
    addAgain: (draw) => store.add(ended(draw), draw.now),
    addSeveral: (draw) => store.add(ended(draw), draw.now, 1 + draw.c),
    due: ({ now }) => store.due(now),
    read,
    async notified(draw) {
      await read(draw);
      const tally = recent(snaps, draw.a);
      if (tally !== undefined) await store.notified(tally, after(draw.now, 100), draw.now);
    },
  };
};

/** Event types, which share one partition. */
export const eventTypesOperations: MakeOperations = (client) => {
  const store = dynamodbEventTypes(client, 'Endpoints');
  const snaps: EventTypeRecord[] = [];
  const nameOf = ({ a }: Draw): string => oneOf(['a', 'b.c', 'd'], a);
  const fresh = (draw: Draw): EventTypeRecord => ({
    name: nameOf(draw),
    description: oneOf(['', 'x'], draw.b),
    ...(draw.c > 1 && { schema: { type: 'object', big: 2 ** 70 }, example: null }),
    checkPayload: draw.b > 1,
    createdAt: start,
    updatedAt: draw.now,
    version: 1 + draw.c,
  });
  return {
    async put(draw) {
      const made = fresh(draw);
      if (await store.put(made, draw.b > 1 ? (recent(snaps, draw.a)?.version ?? 0) : 0)) snaps.push(made);
    },
    read: (draw) => store.read(nameOf(draw)),
    page: ({ b, c }) => store.page(c > 1 ? oneOf(['a', 'b', 'zz', ''], b) : undefined, 1 + (b % 3)),
    remove: (draw) => store.remove(recent(snaps, draw.a) ?? fresh(draw)),
  };
};
