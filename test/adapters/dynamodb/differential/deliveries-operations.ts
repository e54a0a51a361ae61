import { scanDeliveries } from '../../../../lambdas/adapters/dynamodb/deliveries/scan.ts';
import { dynamodbDeliveries } from '../../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import {
  type AttemptRecord,
  type Delivery,
  deliveryId,
  isDue,
  listedAt,
} from '../../../../lambdas/domain/delivery-record.ts';
import type { DeliveryWrite } from '../../../../lambdas/domain/delivery-store.ts';
import {
  asEndpointId,
  asEventId,
  asTenantId,
  type DeliveryId,
  type TenantId,
} from '../../../../lambdas/domain/ids.ts';
import type { StoppedStatus } from '../../../../lambdas/domain/stopped-deliveries.ts';
import { millis, seconds, toUnixSeconds, type UnixMillis, utcDay } from '../../../../lambdas/domain/time.ts';
import { throwIt } from '../../../support/fixtures/throw-it.ts';
import { asDelivery } from '../../../support/worlds/stored-delivery.ts';
import { after, type Draw, type MakeOperations, oneOf, recent, start } from './operations.ts';

const endpointId = asEndpointId('prod');
const table = 'Deliveries';

/** Three deliveries to one endpoint, one of them to a URL that is not registered. */
export const deliveriesOperations: MakeOperations = (client, run) => {
  const tenant = asTenantId(run);
  const store = dynamodbDeliveries(client, table);
  const idIn = (event: string) => deliveryId(tenant, asEventId(event), endpointId);
  const ids = [idIn('a'), idIn('b'), idIn('c')] as const;
  const snaps: Delivery[] = [];
  /** A delivery as it was at some time: also of a status that the call does not expect. */
  const seenBy = <Expected extends Delivery = Delivery>({ a }: Draw): Expected =>
    asDelivery(recent(snaps, a) ?? newDelivery(tenant, start, a));
  const note = async (write: Promise<DeliveryWrite>): Promise<void> => {
    const { delivery } = await write;
    if (delivery !== undefined) snaps.push(delivery);
  };
  const idOf = ({ a }: Draw): DeliveryId => oneOf(ids, a);
  const create = async (draw: Draw) => {
    const delivery = newDelivery(tenant, draw.now, draw.a, draw.b % 2 === 0 ? 'held' : 'pending');
    snaps.push((await store.create(delivery)) ?? delivery);
  };

  return {
    create,
    createAgain: create,
    read: async (draw) => store.read(idOf(draw)),
    claim: (draw) =>
      note(
        store.claim(seenBy(draw).id, draw.b + 1, { soon: after(draw.now, 60), lease: after(draw.now, 80) }),
      ),
    claimSuspect: (draw) => note(store.claimSuspect(seenBy(draw), draw.b + 1, draw.now, after(draw.now, 80))),
    record: (draw) => note(store.record(seenBy(draw), recordFor(seenBy(draw), draw))),
    recordAgain: (draw) => note(store.record(seenBy(draw), recordFor(seenBy(draw), draw))),
    recordLateSuccess: (draw) =>
      note(store.recordLateSuccess(seenBy(draw), entryOf(1, draw.now), expiry(draw.now))),
    defer: ({ now, ...draw }) =>
      note(
        store.defer(seenBy({ now, ...draw }).id, draw.b + 1, {
          now,
          until: after(now, 30 * draw.c),
          dueAt: after(now, 200),
          extend: millis(1000 * draw.c),
          waitsSince: now,
          isForEndpoint: draw.c > 1,
          ...(draw.b > 1 && { deadlineAfter: after(start, 3600) }),
        }),
      ),
    endWait: (draw) => note(store.endWait(seenBy(draw), after(draw.now, 60))),
    hold: (draw) => note(store.hold(seenBy(draw), draw.now, after(draw.now, 3600))),
    release: (draw) => note(store.release(seenBy(draw), draw.now, after(draw.now, 300))),
    discard: (draw) =>
      note(
        store.discard(
          { ...seenBy(draw), generation: oneOf([undefined, 'g1', 'g2'], draw.b) },
          'why',
          draw.now,
          expiry(draw.now),
        ),
      ),
    reopen: (draw) =>
      note(
        store.reopen(
          seenBy(draw),
          expiry(draw.now),
          draw.now,
          after(draw.now, 300),
          oneOf([undefined, 'g2'], draw.c),
        ),
      ),
    moveDue: (draw) =>
      note(
        store.moveDue(
          { id: seenBy(draw).id, dueAt: dueAtOf(seenBy(draw)) ?? draw.now },
          after(draw.now, 900),
          draw.b,
          expiry(draw.now),
        ),
      ),
    clearDue: (draw) => note(store.clearDue(seenBy(draw).id, draw.b)),
    noteCounted: (draw) => note(store.noteCounted(seenBy(draw).id, draw.b)),
    ...queries(store, tenant, client),
  };
};

function queries(
  store: ReturnType<typeof dynamodbDeliveries>,
  tenant: TenantId,
  client: Parameters<MakeOperations>[0],
): ReturnType<MakeOperations> {
  const of = { tenant, endpointId };
  const endpoint = { tenant, id: endpointId };
  const day = utcDay(start);
  const place = (now: UnixMillis) => listedAt({ id: 'm', createdAt: now });
  return {
    async due({ now, a }) {
      const page = await store.due(a % 8, now);
      if (page.next !== undefined) await store.due(a % 8, now, page.next);
    },
    heldOf: ({ b }) => store.heldOf(endpoint, b + 1),
    waitingOf: ({ now, b }) => store.waitingOf(endpoint, now, b + 1),
    countWaiting: ({ b }) => store.countWaiting(endpoint, b + 1),
    stopped: ({ now, a, b, c }) =>
      store.stopped(
        of,
        oneOf<readonly StoppedStatus[]>([['held'], ['failed'], ['failed', 'discarded']], c),
        {
          above: place(start),
          below: place(now),
          order: a % 2 === 0 ? 'oldest first' : 'newest first',
        },
        b + 1,
      ),
    newest: ({ now, b, c }) =>
      store.newest(of, { day, shard: c }, { from: place(start), before: place(now) }, b + 1),
    readAll: ({ b }) =>
      store.readAll(
        ['a', 'b', 'c', 'none'].slice(b).map((event) => deliveryId(tenant, asEventId(event), endpointId)),
        throwIt,
      ),
    scan: ({ now, b, c }) =>
      scanDeliveries(client, table, {
        ...(b > 0 && { status: oneOf(['pending', 'failed', 'held'], b) }),
        ...(c > 1 && { since: now }),
      }),
  };
}

const dueAtOf = (delivery: Delivery) => (isDue(delivery) ? delivery.dueAt : undefined);
const expiry = (now: UnixMillis) => toUnixSeconds(after(now, 1000));
const entryOf = (n: number, at: UnixMillis) => ({ n, at, ms: 5.25, status: 503, sample: 'busy 😀' });

function newDelivery(
  tenant: TenantId,
  now: UnixMillis,
  a: number,
  status: 'pending' | 'held' = 'pending',
): Delivery {
  const event = oneOf(['a', 'b', 'c'], a);
  const eventId = asEventId(event);
  return asDelivery({
    id: deliveryId(tenant, eventId, endpointId),
    tenant,
    eventId,
    eventType: 'invoice.paid',
    endpointId,
    ...(event === 'c' && { url: 'https://c.example' }),
    ...(event === 'b' && { generation: 'g1' }),
    correlationId: 'c',
    status,
    attempts: 0,
    attemptsBefore: 0,
    attemptLog: [],
    createdAt: now,
    claims: 0,
    crashes: 0,
    round: 1,
    deadline: after(now, 3600),
    lifetime: millis(3_600_000),
    eventExpiresAt: toUnixSeconds(after(now, 90 * 86_400)),
    eventKeptFor: seconds(36 * 86_400),
    ...(status === 'held' && { heldAt: now }),
    dueAt: after(now, 300),
    sweeps: 0,
  });
}

function recordFor(seen: Delivery, { now, b, c }: Draw): AttemptRecord {
  const attempts = seen.attempts + 1;
  const attempted = {
    attempts,
    attemptLog: [...seen.attemptLog, entryOf(attempts, now)],
    lastAttemptAt: now,
  };
  const retry = { nextAttemptAt: after(now, 30), waitsSince: now, dueAt: after(now, 150) };
  switch (b) {
    case 0:
      return {
        status: 'pending',
        ...attempted,
        lastError: 'e',
        ...retry,
        ...(c > 1 && { deadline: after(now, 10) }),
      };
    case 1:
      return {
        status: 'failed',
        ...attempted,
        lastError: 'e',
        cause: 'exhausted',
        dueAt: now,
        expiresAt: expiry(now),
      };
    case 2:
      return { status: 'delivered', ...attempted, expiresAt: expiry(now) };
    default:
      return { status: 'discarded', ...attempted, lastError: '', expiresAt: expiry(now) };
  }
}
