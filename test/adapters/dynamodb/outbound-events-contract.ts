import { describe, expect, it } from 'vitest';
import { asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import {
  type OutboundEvent,
  type OutboundEventStore,
  outboundEventKey,
} from '../../../lambdas/domain/outbound-event.ts';
import { type UnixMillis, unixMillis, unixSeconds } from '../../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 23, 12));
const inSeconds = (span: number) => unixSeconds(now / 1000 + span);

const newEvent = (more: Partial<OutboundEvent> = {}): OutboundEvent => ({
  id: outboundEventKey(asTenantId('acme'), asEventId(crypto.randomUUID())),
  eventType: 'invoice.paid',
  createdAt: now,
  contentHash: 'h',
  payload: { text: '{"data":"😀\ufffe"}' },
  expiresAt: inSeconds(100),
  ...more,
});

/** What every OutboundEvents table must do. @param make each call may share one table */
export function outboundEventsContract(name: string, make: () => Promise<OutboundEventStore>): void {
  const setUp = async (more: Partial<OutboundEvent> = {}) => {
    const table = await make();
    const event = newEvent(more);
    expect(await table.create(event)).toBeUndefined();
    return { table, event, id: event.id };
  };

  describe(`published events in ${name}`, () => {
    it.each<Partial<OutboundEvent>>([
      {},
      { payload: { s3Key: 'outbound/x' } },
      { payload: { text: JSON.stringify({ data: '😀\ufffe'.repeat(1000) }) } },
    ])('are created once, and read as they were written', async (more) => {
      const { table, event, id } = await setUp(more);

      expect(await table.create({ ...event, contentHash: 'other' })).toEqual(event);
      expect(await table.read(id)).toEqual(event);
      expect(await table.read('unknown')).toBeUndefined();
    });

    it('published events for a whole tenant are marked when all their tasks are sent, others never', async () => {
      const { table, id } = await setUp();

      await table.markFannedOut(id, now);
      expect((await table.read(id))?.fannedOutAt).toBeUndefined();

      await table.widen(id);
      await table.markFannedOut(id, now);
      expect(await table.read(id)).toMatchObject({ fannedOutAt: now });
    });

    it('published events expire when they are no longer needed, and can be created again then', async () => {
      const { table, event } = await setUp();
      const createdAt = (span: number): UnixMillis => unixMillis(now + span * 1000);

      expect(await table.create({ ...event, createdAt: createdAt(99) })).toBeDefined();
      expect(await table.create({ ...event, createdAt: createdAt(100) })).toBeUndefined();
    });

    it('published events are kept for longer, never for less, and not after they are gone', async () => {
      const { table, id } = await setUp();

      expect(await table.keep(id, inSeconds(500), now)).toBe(true);
      expect(await table.keep(id, inSeconds(300), now)).toBe(true);
      expect(await table.read(id)).toMatchObject({ expiresAt: inSeconds(500) });
      expect(await table.keep(id, inSeconds(900), unixMillis(now + 500_000))).toBe(false);
      expect(await table.keep('unknown', inSeconds(900), now)).toBe(false);
    });

    it('published events are widened to the whole tenant once, and lose the mark of an earlier version then', async () => {
      const { table, id } = await setUp({ fannedOutAt: now });

      expect((await table.widen(id))?.fannedOutAt).toBeUndefined();
      await table.markFannedOut(id, now);
      expect(await table.widen(id)).toMatchObject({ isWide: true, fannedOutAt: now });
    });

    it('published events name their endpoints, also by an empty list', async () => {
      const [some, none] = [[asEndpointId('ep_1'), asEndpointId('ep_2')], []];
      const { table, id, event } = await setUp({ isWide: true, endpoints: some });
      const { table: other, id: otherId } = await setUp({ isWide: true, endpoints: none });

      expect(await table.read(id)).toMatchObject({ endpoints: some });
      expect(await other.read(otherId)).toMatchObject({ endpoints: none });
      expect(await table.create({ ...event, endpoints: none })).toMatchObject({ endpoints: some });
    });

    it('published events are widened to the endpoints of the first one who widens them', async () => {
      const { table, id } = await setUp();
      const first = [asEndpointId('ep_1')];

      expect(await table.widen(id, first)).toMatchObject({ isWide: true, endpoints: first });
      expect(await table.widen(id, [asEndpointId('ep_2')])).toMatchObject({ endpoints: first });
    });

    it('published events are split into ranges once; the last finished range leaves none', async () => {
      const { table, id } = await setUp({ isWide: true });

      expect((await table.split(id, ['a', 'b']))?.rangesLeft?.toSorted()).toEqual(['a', 'b']);
      expect((await table.split(id, ['c']))?.rangesLeft?.toSorted()).toEqual(['a', 'b']);
      expect((await table.rangeDone(id, 'a'))?.rangesLeft).toEqual(['b']);
      expect((await table.rangeDone(id, 'a'))?.rangesLeft).toEqual(['b']);
      const done = await table.rangeDone(id, 'b');
      expect(done?.rangesLeft).toBeUndefined();
      expect((await table.rangeDone(id, 'b'))?.rangesLeft).toBeUndefined();
    });

    it('published events are not split after they are fanned out', async () => {
      const { table, id } = await setUp({ isWide: true });
      await table.markFannedOut(id, now);

      expect((await table.split(id, ['a']))?.rangesLeft).toBeUndefined();
    });

    it('published events are not created when a missing one is kept, widened, split or marked', async () => {
      const { table } = await setUp();

      await table.widen('unknown');
      await table.split('unknown', ['a']);
      await table.rangeDone('unknown', 'a');
      await table.markFannedOut('unknown', now);

      expect(await table.read('unknown')).toBeUndefined();
    });
  });
}
