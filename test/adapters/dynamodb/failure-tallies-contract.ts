import { describe, expect, it } from 'vitest';
import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import type { EndedDelivery, FailureTallyStore } from '../../../lambdas/domain/failure-tally.ts';
import { asDeliveryId, asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { later, seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const at = (span: number): UnixMillis => later(now, seconds(span));

/** What every store of tallies must do. @param make each call may share one table */
export function talliesContract(name: string, make: () => Promise<FailureTallyStore>): void {
  const setUp = async () => {
    const tallies = await make();
    const ended = (n: number, more: Partial<EndedDelivery> = {}): EndedDelivery => ({
      tenant: asTenantId('acme'),
      endpointId,
      deliveryId: asDeliveryId(`d${n}`),
      round: 1,
      eventId: asEventId(`e${n}`),
      eventType: 'invoice.paid',
      attempts: 6,
      reason: 'exhausted',
      cause: 'exhausted',
      host: 'acme.example',
      lastAttempt: { n: 6, at: now, ms: 12, status: 503 },
      ...more,
    });
    const endpointId = asEndpointId(crypto.randomUUID());
    return { tallies, ended, of: endpointHash({ tenant: asTenantId('acme'), endpointId }) };
  };

  describe(`tallies in ${name}`, () => {
    it('tallies count failures, keep the last one, and are due at once', async () => {
      const { tallies, ended, of } = await setUp();
      expect(await tallies.read(of)).toBeUndefined();

      await tallies.add(ended(1), now);
      await tallies.add(ended(2, { host: undefined, lastAttempt: undefined }), at(5));

      expect(await tallies.read(of)).toMatchObject({
        name: of,
        count: 2,
        since: now,
        notifyAt: now,
        last: { deliveryId: 'd2', cause: 'exhausted' },
      });
      expect(await tallies.due(at(5))).toContain(of);
      expect(await tallies.due(at(-1))).not.toContain(of);
    });

    it('tallies count one failure twice in a row only once, even after a notice, and another round again', async () => {
      const { tallies, ended, of } = await setUp();
      await tallies.add(ended(1), now);
      await tallies.add(ended(1), at(1));
      const seen = await tallies.read(of);
      expect(seen?.count).toBe(1);

      if (seen) await tallies.notified(seen, at(3600), at(2));
      await tallies.add(ended(1), at(3));
      expect(await tallies.read(of)).toBeUndefined();
      await tallies.add(ended(1, { round: 2 }), at(4));

      expect(await tallies.read(of)).toMatchObject({ count: 1, since: at(4) });
    });

    it('tallies count several failures by one write, once if it is repeated', async () => {
      const { tallies, ended, of } = await setUp();
      await tallies.add(ended(3), now, 3);
      await tallies.add(ended(3), now, 3);

      expect(await tallies.read(of)).toMatchObject({
        count: 3,
        since: now,
        last: { deliveryId: ended(3).deliveryId },
      });
      await tallies.add(ended(3), at(1));
      expect(await tallies.read(of)).toMatchObject({ count: 3 });
    });

    it('tallies count all of several failures although the last of them was counted before', async () => {
      const { tallies, ended, of } = await setUp();
      await tallies.add(ended(1), now);

      await tallies.add(ended(1), at(1), 2);
      await tallies.add(ended(1), at(2), 2);

      expect(await tallies.read(of)).toMatchObject({ count: 5 });
    });

    it('tallies are empty after they were notified, and are notified once', async () => {
      const { tallies, ended, of } = await setUp();
      await tallies.add(ended(1), now);
      const seen = await tallies.read(of);
      if (seen === undefined) throw new Error('not counted');

      await tallies.notified(seen, at(3600), at(1));
      await tallies.notified(seen, at(7200), at(2));

      expect(await tallies.read(of)).toBeUndefined();
      expect(await tallies.due(at(100_000))).not.toContain(of);
    });

    it('tallies wait until the hour is over with the failures within it', async () => {
      const { tallies, ended, of } = await setUp();
      await tallies.add(ended(1), now);
      const seen = await tallies.read(of);
      if (seen) await tallies.notified(seen, at(3600), at(1));

      await tallies.add(ended(2), at(10));
      await tallies.add(ended(3), at(20));

      expect(await tallies.read(of)).toMatchObject({ count: 2, since: at(10), notifyAt: at(3600) });
      expect(await tallies.due(at(3599))).not.toContain(of);
      expect(await tallies.due(at(3600))).toContain(of);
    });

    it('tallies keep the failures that were counted during a notice', async () => {
      const { tallies, ended, of } = await setUp();
      await tallies.add(ended(1), now);
      const seen = await tallies.read(of);
      await tallies.add(ended(2), at(1));

      if (seen) await tallies.notified(seen, at(3600), at(2));

      expect(await tallies.read(of)).toMatchObject({ count: 1, since: at(2), notifyAt: at(3600) });
      expect(await tallies.due(at(3599))).not.toContain(of);
      expect(await tallies.due(at(3600))).toContain(of);
    });

    it('tallies are notified by one of two sweeps that saw them, even if more was counted meanwhile', async () => {
      const { tallies, ended, of } = await setUp();
      await tallies.add(ended(1), now);
      const seen = await tallies.read(of);
      if (seen === undefined) throw new Error('not counted');
      for (const n of [2, 3, 4]) await tallies.add(ended(n), at(n));

      await tallies.notified(seen, at(3600), at(5));
      await tallies.notified(seen, at(7200), at(6));

      expect(await tallies.read(of)).toMatchObject({ count: 3, since: at(5), notifyAt: at(3600) });
    });

    it('tallies are due at once again after an hour without failures', async () => {
      const { tallies, ended, of } = await setUp();
      await tallies.add(ended(1), now);
      const seen = await tallies.read(of);
      if (seen) await tallies.notified(seen, at(3600), at(1));

      await tallies.add(ended(2), at(9000));

      expect(await tallies.due(at(9000))).toContain(of);
      expect(await tallies.read(of)).toMatchObject({ count: 1, since: at(9000) });
    });
  });
}
