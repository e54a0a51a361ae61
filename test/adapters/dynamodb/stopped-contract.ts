import { describe, expect, it } from 'vitest';
import {
  type Delivery,
  type DeliveryStatus,
  listedAt,
  shardOf,
} from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore, StoppedBounds } from '../../../lambdas/domain/delivery-store.ts';
import { asEndpointId, asEventId, asTenantId, type EventId } from '../../../lambdas/domain/ids.ts';
import type { StoppedStatus } from '../../../lambdas/domain/stopped-deliveries.ts';
import { stoppedIndex } from '../../../lambdas/domain/tables.ts';
import { toUnixSeconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import { deliveryIdOf } from '../../support/fixtures/ids.ts';
import { entry, failed, instant, newDelivery, now, until, withStatus } from './deliveries-fixture.ts';

const always = {
  above: listedAt({ id: '', createdAt: unixMillis(0) }),
  below: listedAt({ id: '~', createdAt: now }),
};
const expiresAt = toUnixSeconds(instant(9_999));

/** What every index of stopped deliveries must do. @param make each call may share one table */
export function stoppedContract(name: string, make: () => Promise<DeliveryStore>): void {
  const setUp = async () => {
    const table = await make();
    const endpoint = { tenant: asTenantId(crypto.randomUUID()), endpointId: asEndpointId('ep_1') };
    const add = async (
      status: DeliveryStatus,
      createdAt: UnixMillis = now,
      eventId = asEventId(crypto.randomUUID()),
    ): Promise<Delivery> => {
      const id = deliveryIdOf(endpoint.tenant, eventId, endpoint.endpointId);
      const delivery = withStatus({ ...newDelivery(), ...endpoint, id, eventId, createdAt }, status);
      await table.create(delivery);
      return delivery;
    };
    const stopped = async (...statuses: readonly StoppedStatus[]) => {
      const { keys } = await table.stopped(endpoint, statuses, { ...always, order: 'oldest first' }, 100);
      return keys.map(({ id }) => id);
    };
    const added = async () => {
      const { id } = await add('pending');
      const claim = await table.claim(id, 1, until);
      if (!claim.ok) throw new Error('not claimed');
      return claim.delivery;
    };
    return { table, endpoint, add, stopped, added };
  };

  /** Reads page by page. */
  async function pagesOf(
    { table, endpoint }: Awaited<ReturnType<typeof setUp>>,
    statuses: readonly StoppedStatus[],
    order: StoppedBounds['order'],
    limit: number,
  ): Promise<string[]> {
    const found: string[] = [];
    let bounds: StoppedBounds = { ...always, order };
    for (let pages = 0; pages < 500; pages++) {
      const { keys, next } = await table.stopped(endpoint, statuses, bounds, limit);
      expect(keys.length).toBeLessThanOrEqual(limit);
      found.push(...keys.map(({ id }) => id));
      if (next === undefined) return found;
      bounds = order === 'oldest first' ? { ...bounds, above: next } : { ...bounds, below: next };
    }
    throw new Error('the pages do not end');
  }

  describe(`stopped deliveries in ${name}`, () => {
    it('stopped deliveries are found by the status with which they were created', async () => {
      const { add, stopped } = await setUp();
      const [held, over, discarded] = [await add('held'), await add('failed'), await add('discarded')];
      await add('pending');
      await add('delivered');

      expect(await stopped('held')).toEqual([held.id]);
      expect(await stopped('failed')).toEqual([over.id]);
      expect(await stopped('discarded')).toEqual([discarded.id]);
      expect((await stopped('failed', 'discarded')).toSorted()).toEqual([over.id, discarded.id].toSorted());
    });

    it('stopped deliveries are found from the write that stops them until the one that ends that', async () => {
      const { table, stopped, added } = await setUp();
      const claimed = await added();
      const { id } = claimed;

      const over = await table.record(claimed, failed);
      expect(await stopped('failed')).toEqual([id]);
      if (!over.ok) throw new Error('not recorded');
      await table.clearDue(id, 1);
      expect(await stopped('failed')).toEqual([id]);
      const again = await table.reopen(over.delivery, expiresAt, now, now, undefined);
      expect(await stopped('failed')).toEqual([]);
      if (again.ok) await table.discard(again.delivery, 'its endpoint was deleted', now, expiresAt);
      expect(await stopped('discarded')).toEqual([id]);
    });

    it('stopped deliveries are no longer found after a late success', async () => {
      const { table, stopped, added } = await setUp();
      const claimed = await added();
      await table.record(claimed, failed);

      await table.recordLateSuccess(claimed, entry, expiresAt);

      expect(await stopped('held', 'failed', 'discarded')).toEqual([]);
    });

    it('stopped deliveries change their partition when a held one is discarded, and leave it when it is released', async () => {
      const { table, stopped, add } = await setUp();
      const [one, other] = [await add('held'), await add('held')];
      if (other.status !== 'held') throw new Error('not held');

      await table.discard(one, 'its endpoint was deleted', now, expiresAt);
      await table.release(other, now, instant(300));

      expect(await stopped('held')).toEqual([]);
      expect(await stopped('discarded')).toEqual([one.id]);
    });

    it.each(['oldest first', 'newest first'] as const)(
      'stopped deliveries are listed once each over pages of any size, also many of one instant: %s',
      async (order) => {
        const world = await setUp();
        const add = (nth: number) =>
          world.add(nth % 3 === 0 ? 'discarded' : 'failed', unixMillis(now - (nth > 100 ? 5 : nth % 4)));
        // More of one instant in each partition than are read of it at a time.
        const made = await Promise.all(Array.from({ length: 240 }, (_, nth) => add(nth)));
        const places = made.map(listedAt).toSorted();
        const inOrder = places.map((place) => place.split('#')[1]);
        const expected = order === 'oldest first' ? inOrder : inOrder.toReversed();

        for (const limit of [1, 7, 25, 200])
          expect(await pagesOf(world, ['failed', 'discarded'], order, limit)).toEqual(expected);
      },
    );

    it('stopped deliveries of a full partition come before younger ones of the others', async () => {
      const world = await setUp();
      const { tenant, endpointId } = world.endpoint;
      const shard = (eventId: EventId) =>
        shardOf({ id: deliveryIdOf(tenant, eventId, endpointId) }, stoppedIndex.shards);
      const ids = Array.from({ length: 2_000 }, (_, nth) => asEventId(`evt_${nth}`));
      const old = ids.filter((id) => shard(id) === 0).slice(0, 50);
      const young = ids.filter((id) => shard(id) !== 0).slice(0, 10);
      const made = [
        ...(await Promise.all(old.map((id, nth) => world.add('failed', unixMillis(now - 1_000 + nth), id)))),
        ...(await Promise.all(young.map((id) => world.add('failed', unixMillis(now - 1), id)))),
      ];

      const found = await pagesOf(world, ['failed'], 'oldest first', 25);

      expect(found).toEqual(
        made
          .map(listedAt)
          .toSorted()
          .map((place) => place.split('#')[1]),
      );
    });

    it('stopped deliveries are listed between two places, which are not included', async () => {
      const { table, endpoint, add } = await setUp();
      const made = [4, 3, 2, 1].map((age) => add('failed', unixMillis(now - age)));
      const [first, second, , last] = await Promise.all(made);
      if (first === undefined || last === undefined) throw new Error('four are made');
      const bounds = { above: listedAt(first), below: listedAt(last), order: 'oldest first' } as const;

      const { keys, next } = await table.stopped(endpoint, ['failed'], bounds, 1);

      expect(keys.map(({ id }) => id)).toEqual([second?.id]);
      expect(next).toBe(second && listedAt(second));
    });
  });
}
