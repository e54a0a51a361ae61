import { describe, expect, it } from 'vitest';
import { type OutboundEvent, outboundEventKey } from '../../lambdas/domain/outbound-event.ts';
import { type UnixMillis, unixMillis, unixSeconds } from '../../lambdas/domain/time.ts';
import type { EndPorts } from '../../lambdas/outbound/end-delivery.ts';
import type { RecordPorts } from '../../lambdas/outbound/record-publication.ts';

type EventsTable = RecordPorts['events'] &
  EndPorts['events'] & { read(id: string): Promise<OutboundEvent | undefined> };

const now = unixMillis(Date.UTC(2026, 10, 23, 12));
const inSeconds = (span: number) => unixSeconds(now / 1000 + span);

const newEvent = (more: Partial<OutboundEvent> = {}): OutboundEvent => ({
  id: outboundEventKey('acme', crypto.randomUUID()),
  eventType: 'invoice.paid',
  createdAt: now,
  contentHash: 'h',
  payload: { text: '{"data":"😀\ufffe"}' },
  open: ['a#1'],
  ...more,
});

/** What every OutboundEvents table must do. @param make each call may share one table */
export function outboundEventsContract(name: string, make: () => Promise<EventsTable>): void {
  const setUp = async (more: Partial<OutboundEvent> = {}) => {
    const table = await make();
    const event = newEvent(more);
    expect(await table.create(event)).toBeUndefined();
    return { table, event, id: event.id };
  };

  describe(`published events in ${name}`, () => {
    it.each<Partial<OutboundEvent>>([{}, { payload: { s3Key: 'outbound/x' } }])(
      'are created once, and read as they were written',
      async (more) => {
        const { table, event, id } = await setUp(more);

        expect(await table.create({ ...event, contentHash: 'other' })).toEqual(event);
        expect(await table.read(id)).toEqual(event);
        expect(await table.read('nobody')).toBeUndefined();
      },
    );

    it('are marked when all their tasks are sent', async () => {
      const { table, id } = await setUp();

      await table.markFannedOut(id, now);

      expect(await table.read(id)).toMatchObject({ fannedOutAt: now });
    });

    it('expire after their only delivery has ended, and can be created anew then', async () => {
      const { table, event, id } = await setUp();

      await table.close(id, ['a#1'], inSeconds(100));

      expect(await table.read(id)).toMatchObject({ open: [], expiresAt: inSeconds(100) });
      const createdAt = (span: number): UnixMillis => unixMillis(now + span * 1000);
      expect(await table.create({ ...event, createdAt: createdAt(99) })).toBeDefined();
      expect(await table.create({ ...event, createdAt: createdAt(100) })).toBeUndefined();
    });

    it('do not expire while one of several deliveries is unfinished', async () => {
      const { table, id } = await setUp();
      expect(await table.open(id, 'b#1')).toBe(true);

      await table.close(id, ['a#1'], inSeconds(100));
      const between = await table.read(id);
      expect(between?.open).toEqual(['b#1']);
      expect(between?.expiresAt).toBeUndefined();
      await table.close(id, ['b#1'], inSeconds(200));

      expect(await table.read(id)).toMatchObject({ open: [], expiresAt: inSeconds(200) });
    });

    it('expire also when their last deliveries end at once', async () => {
      const { table, id } = await setUp({ open: ['a#1', 'b#1', 'c#1'] });

      await Promise.all(['a#1', 'b#1', 'c#1'].map((member) => table.close(id, [member], inSeconds(100))));

      expect(await table.read(id)).toMatchObject({ open: [], expiresAt: inSeconds(100) });
    });

    it('expire no more once a replay has begun; the end of the earlier round, told late, changes nothing', async () => {
      const { table, id } = await setUp();
      await table.close(id, ['a#1'], inSeconds(100));

      expect(await table.open(id, 'a#2')).toBe(true);
      await table.close(id, ['a#1'], inSeconds(100));

      const reopened = await table.read(id);
      expect(reopened?.open).toEqual(['a#2']);
      expect(reopened?.expiresAt).toBeUndefined();
    });

    it('are closed with the earlier rounds of a delivery, whose end nobody told', async () => {
      const { table, id } = await setUp();
      await table.open(id, 'a#2');

      await table.close(id, ['a#1', 'a#2'], inSeconds(100));

      expect(await table.read(id)).toMatchObject({ open: [], expiresAt: inSeconds(100) });
    });

    it('are closed again without effect', async () => {
      const { table, id } = await setUp();
      await table.close(id, ['a#1'], inSeconds(100));
      await table.close(id, ['a#1'], inSeconds(900));

      expect(await table.read(id)).toMatchObject({ open: [], expiresAt: inSeconds(100) });
    });

    it('are not made by opening, closing or marking what is not there', async () => {
      const { table } = await setUp();

      expect(await table.open('nobody', 'a#1')).toBe(false);
      await table.close('nobody', ['a#1'], inSeconds(100));
      await table.markFannedOut('nobody', now);

      expect(await table.read('nobody')).toBeUndefined();
    });
  });
}
