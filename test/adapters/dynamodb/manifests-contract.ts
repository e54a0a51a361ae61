import { describe, expect, it } from 'vitest';
import { type AnnouncedDelivery, idOfAnnounced } from '../../../lambdas/domain/announced-delivery.ts';
import type { Manifest, ManifestStore, NewManifest } from '../../../lambdas/domain/delivery-manifest.ts';
import { asEventId } from '../../../lambdas/domain/ids.ts';
import { later, seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import { throwIt } from '../../support/fixtures/throw-it.ts';
import { newDelivery, now } from './deliveries-fixture.ts';

/** An announced delivery; its fields as they are stored, without those of a record. */
function announcedDelivery(): AnnouncedDelivery {
  const { tenant, eventType, endpointId, createdAt, lifetime, eventExpiresAt, eventKeptFor } = newDelivery();
  const eventId = asEventId(crypto.randomUUID());
  const times = { createdAt, lifetime, eventExpiresAt, eventKeptFor };
  return { eventId, eventType, ...times, tenant, endpointId, generation: 'gen_1' };
}

const at = (span: number): UnixMillis => later(now, seconds(span));
const inAnHour = at(3600);

/** What every store of manifests must do. @param make each call may share one table */
export function manifestsContract(name: string, make: () => Promise<ManifestStore>): void {
  const newManifest = (madeAt: UnixMillis, count = 2): NewManifest => ({
    deliveries: Array.from({ length: count }, () => newDelivery().id),
    announced: [],
    madeAt,
    lookAt: later(madeAt, seconds(300)),
  });

  /** All manifests made before then that name one of these deliveries. */
  async function found(
    store: ManifestStore,
    madeBefore: UnixMillis,
    { deliveries }: Pick<NewManifest, 'deliveries'>,
  ): Promise<Manifest[]> {
    const all: Manifest[] = [];
    for (let shard = 0; shard < store.shards; shard++) {
      let after: Parameters<ManifestStore['page']>[3];
      do {
        const page = await store.page(shard, madeBefore, throwIt, after);
        all.push(...page.manifests);
        after = page.next;
      } while (after !== undefined);
    }
    return all.filter((one) => one.deliveries.some((id) => deliveries.includes(id)));
  }

  describe(`manifests in ${name}`, () => {
    it('manifests are found as they were written, once they are old enough', async () => {
      const store = await make();
      const manifest = newManifest(now, 100);
      await store.add(manifest);

      expect(await found(store, now, manifest)).toEqual([]);
      expect(await found(store, unixMillis(now + 1), manifest)).toEqual([
        expect.objectContaining({ ...manifest, looks: 0 }),
      ]);
    });

    it.each([1, 100])(
      'manifests say of %d announced deliveries what their records are made of',
      async (count) => {
        const store = await make();
        const announced = Array.from({ length: count }, announcedDelivery);
        const { deliveries: made, ...manifest } = newManifest(now);
        const deliveries = [...made, ...announced.map(idOfAnnounced)];
        await store.add({ ...manifest, deliveries, announced });

        expect(await found(store, inAnHour, { deliveries: made })).toMatchObject([{ deliveries, announced }]);
      },
    );

    it('manifests that are written twice are one', async () => {
      const store = await make();
      const manifest = newManifest(now);
      await store.add(manifest);
      await store.add(manifest);

      expect(await found(store, inAnHour, manifest)).toHaveLength(1);
    });

    it('manifests of one millisecond stay apart', async () => {
      const store = await make();
      const [one, other] = [newManifest(now), newManifest(now)];
      await Promise.all([store.add(one), store.add(other)]);

      expect(await found(store, inAnHour, one)).toHaveLength(1);
      expect(await found(store, inAnHour, other)).toHaveLength(1);
    });

    it('manifests are read in pages, the oldest first, however many there are', async () => {
      const store = await make();
      const all = Array.from({ length: 60 }, (_, index) => newManifest(at(index)));
      await Promise.all(all.map((manifest) => store.add(manifest)));

      const times = (
        await found(store, inAnHour, { deliveries: all.flatMap(({ deliveries }) => deliveries) })
      )
        .toSorted((one, other) => one.shard - other.shard)
        .map(({ shard, madeAt }) => ({ shard, madeAt }));
      expect(times).toHaveLength(60);
      for (const [index, { shard, madeAt }] of times.entries()) {
        const before = times[index - 1];
        if (before?.shard === shard) expect(before.madeAt).toBeLessThan(madeAt);
      }
    });

    it('manifests are moved on by one sweep only', async () => {
      const store = await make();
      const manifest = newManifest(now);
      await store.add(manifest);
      const [seen] = await found(store, inAnHour, manifest);
      if (seen === undefined) throw new Error('no manifest');

      expect(await store.moveOn(seen, at(900), 1)).toBe(true);
      expect(await store.moveOn(seen, at(1000), 1)).toBe(false);
      expect(await found(store, inAnHour, manifest)).toMatchObject([{ lookAt: at(900), looks: 1 }]);
    });

    it('manifests that were deleted are not moved on, and stay deleted', async () => {
      const store = await make();
      const manifest = newManifest(now);
      await store.add(manifest);
      const [seen] = await found(store, inAnHour, manifest);
      if (seen === undefined) throw new Error('no manifest');
      await store.remove(seen);
      await store.remove(seen);

      expect(await store.moveOn(seen, at(900), 1)).toBe(false);
      expect(await found(store, inAnHour, manifest)).toEqual([]);
    });
  });
}
