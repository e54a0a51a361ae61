import { describe, expect, it } from 'vitest';
import {
  type AttemptRecord,
  type Delivery,
  deliveryId,
  dueShardOf,
} from '../../lambdas/domain/delivery-record.ts';
import {
  later,
  millis,
  seconds,
  toUnixSeconds,
  type UnixMillis,
  unixMillis,
  unixSeconds,
} from '../../lambdas/domain/time.ts';
import type { ClaimPort } from '../../lambdas/outbound/claim-delivery.ts';
import type { RecordPorts } from '../../lambdas/outbound/record-publication.ts';
import type { ReplayPorts } from '../../lambdas/outbound/replay.ts';
import type { SettlePorts } from '../../lambdas/outbound/settle-attempt.ts';
import type { SweepPorts } from '../../lambdas/outbound/sweep.ts';

/** The Deliveries table, with all that the outbound flow asks of it. */
type DeliveriesTable = ClaimPort &
  RecordPorts['deliveries'] &
  SettlePorts['deliveries'] &
  SweepPorts['deliveries'] &
  ReplayPorts['deliveries'] &
  Pick<SweepPorts, 'due'>;

const now = unixMillis(Date.UTC(2026, 10, 23, 12));
const instant = (span: number): UnixMillis => later(now, seconds(span));
const until = { soon: instant(60), lease: instant(80) };

const newDelivery = (): Delivery => {
  const eventId = crypto.randomUUID();
  return {
    id: deliveryId('acme', eventId, 'prod'),
    tenant: 'acme',
    eventId,
    eventType: 'invoice.paid',
    endpointId: 'prod',
    url: 'https://acme.example/hooks',
    correlationId: 'c',
    status: 'pending',
    ...{ attempts: 0, attemptsBefore: 0, attemptLog: [], claims: 0, crashes: 0, round: 1, sweeps: 0 },
    createdAt: now,
    deadline: instant(3600),
    lifetime: millis(3_600_000),
    dueAt: instant(300),
  };
};

const retrying: AttemptRecord = {
  status: 'pending',
  attempts: 1,
  attemptLog: [{ n: 1, at: now, ms: 12, status: 503, sample: 'busy 😀' }],
  lastAttemptAt: now,
  lastError: 'answered 503',
  nextAttemptAt: instant(600),
  dueAt: instant(720),
};
const entry = { n: 1, at: now, ms: 5, status: 200 };
const failed: AttemptRecord = {
  ...retrying,
  status: 'failed',
  nextAttemptAt: undefined,
  dueAt: now,
  expiresAt: toUnixSeconds(instant(999)),
};

/** What every Deliveries table must do. @param make each call may share one table */
export function deliveriesContract(name: string, make: () => Promise<DeliveriesTable>): void {
  const setUp = async () => {
    const table = await make();
    const delivery = newDelivery();
    expect(await table.create(delivery)).toBeUndefined();
    return { table, delivery, id: delivery.id };
  };
  const claimed = async () => {
    const all = await setUp();
    const write = await all.table.claim(all.id, 1, until);
    if (!write.ok) throw new Error('not claimed');
    return { ...all, claimed: write.delivery };
  };

  describe(`deliveries in ${name}`, () => {
    it('are created once, and read as they were written', async () => {
      const { table, delivery } = await setUp();

      expect(await table.create({ ...delivery, url: 'https://other.example/' })).toEqual(delivery);
      expect(await table.read(delivery.id)).toEqual(delivery);
      expect(await table.read('nobody')).toBeUndefined();
    });

    it('may be created anew past their retention, which the table’s TTL has not enforced yet', async () => {
      const { table, delivery, claimed: seen } = await claimed();
      await table.record(seen, { ...failed, expiresAt: unixSeconds(now / 1000 + 10) });

      expect(await table.create({ ...delivery, createdAt: instant(9) })).toMatchObject({ status: 'failed' });
      expect(await table.create({ ...delivery, createdAt: instant(10) })).toBeUndefined();
      expect(await table.read(delivery.id)).toMatchObject({ status: 'pending', createdAt: instant(10) });
    });

    it('are claimed by one worker, with a fencing token that rises', async () => {
      const { table, id, claimed: first } = await claimed();

      expect(first).toMatchObject({ claims: 1, crashes: 0, leaseUntil: instant(80) });
      expect(await table.claim(id, 1, until)).toMatchObject({ ok: false, delivery: { claims: 1 } });
    });

    it('refuse a claim when there is none, when the attempt is recorded, when they are due later, and when they ended', async () => {
      const { table, id, claimed: seen } = await claimed();
      expect(await table.claim('nobody', 1, until)).toEqual({ ok: false, delivery: undefined });

      await table.record(seen, retrying);
      expect(await table.claim(id, 1, until)).toMatchObject({ ok: false, delivery: { attempts: 1 } });
      expect(await table.claim(id, 2, until)).toMatchObject({ ok: false });
      const later = await table.claim(id, 2, { soon: instant(600), lease: instant(700) });
      expect(later).toMatchObject({ ok: true, delivery: { claims: 2 } });
      if (later.ok) await table.record(later.delivery, failed);
      expect(await table.claim(id, 3, { soon: instant(900), lease: instant(999) })).toMatchObject({
        ok: false,
        delivery: { status: 'failed' },
      });
    });

    it('are claimed from a dead worker when its lease is over, by one only, and count the crash', async () => {
      const { table, claimed: seen } = await claimed();

      expect(await table.claimSuspect(seen, 1, instant(79), instant(160))).toMatchObject({ ok: false });
      expect(await table.claimSuspect(seen, 1, instant(80), instant(160))).toMatchObject({
        ok: true,
        delivery: { claims: 2, crashes: 1, leaseUntil: instant(160) },
      });
      expect(await table.claimSuspect(seen, 1, instant(200), instant(300))).toMatchObject({ ok: false });
    });

    it('are recorded under the fence only: log, times, and the lease, crashes and sweeps ended', async () => {
      const { table, id, claimed: seen } = await claimed();
      const suspect = await table.claimSuspect(seen, 1, instant(80), instant(160));
      if (!suspect.ok) throw new Error('not claimed');

      expect(await table.record(seen, retrying)).toMatchObject({ ok: false, delivery: { claims: 2 } });
      expect(await table.record({ ...suspect.delivery, round: 2 }, retrying)).toMatchObject({ ok: false });
      expect(await table.record(suspect.delivery, retrying)).toMatchObject({ ok: true });
      const recorded = await table.read(id);
      expect(recorded).toMatchObject({ ...retrying, claims: 2, crashes: 0, sweeps: 0 });
      expect(recorded).not.toHaveProperty('leaseUntil');
      expect(recorded).not.toHaveProperty('expiresAt');
    });

    it('take a late success within their round whatever the fence says, and keep what others recorded', async () => {
      const { table, id, claimed: seen } = await claimed();
      const suspect = await table.claimSuspect(seen, 1, instant(80), instant(160));
      if (suspect.ok) await table.record(suspect.delivery, failed);

      expect(await table.recordLateSuccess({ ...seen, round: 2 }, entry, toUnixSeconds(now))).toMatchObject({
        ok: false,
      });
      expect(await table.recordLateSuccess(seen, entry, toUnixSeconds(instant(5)))).toMatchObject({
        ok: true,
      });
      const recorded = await table.read(id);
      expect(recorded).toMatchObject({
        status: 'delivered',
        attempts: 1,
        expiresAt: toUnixSeconds(instant(5)),
        attemptLog: [...failed.attemptLog, entry],
      });
      expect(recorded).not.toHaveProperty('dueAt');
      expect(await table.recordLateSuccess(seen, entry, toUnixSeconds(now))).toMatchObject({ ok: false });
    });

    it('are moved on in the due index by one sweep only', async () => {
      const { table, id } = await setUp();
      const seen = { id, dueAt: instant(300) };

      expect(await table.moveDue(seen, instant(900), 1)).toMatchObject({
        ok: true,
        delivery: { dueAt: instant(900), sweeps: 1 },
      });
      expect(await table.moveDue(seen, instant(900), 1)).toMatchObject({ ok: false });
    });

    it('leave the due index when they have ended, unless another round has begun', async () => {
      const { table, id, claimed: seen } = await claimed();
      expect(await table.clearDue(id, 1)).toMatchObject({ ok: false });
      await table.record(seen, failed);
      expect(await table.clearDue(id, 2)).toMatchObject({ ok: false });

      expect(await table.clearDue(id, 1)).toMatchObject({ ok: true });
      expect(await table.read(id)).not.toHaveProperty('dueAt');
    });

    it('are reopened once, with a new round, and expire no more', async () => {
      const { table, id, claimed: seen } = await claimed();
      const write = await table.record(seen, failed);
      if (!write.ok) throw new Error('not recorded');

      expect(await table.reopen(write.delivery, instant(7200), instant(50))).toMatchObject({ ok: true });
      expect(await table.reopen(write.delivery, instant(7200), instant(50))).toMatchObject({ ok: false });
      const reopened = await table.read(id);
      expect(reopened).toMatchObject({
        ...{ status: 'pending', round: 2, attempts: 1, attemptsBefore: 1, crashes: 0, claims: 1 },
        ...{ deadline: instant(7200), dueAt: instant(50) },
      });
      expect(reopened).not.toHaveProperty('expiresAt');
    });

    it('are found in the due index while they are overdue, in pages, the longest overdue first', async () => {
      const table = await make();
      const shard = 3;
      const made = Array.from({ length: 200 }, newDelivery)
        .filter(({ id }) => dueShardOf(id) === String(shard))
        .map((delivery, index) => ({ ...delivery, dueAt: unixMillis(1000 + index) }));
      for (const delivery of made) await table.create(delivery);
      const mine = made.map(({ id }) => id);
      const foundUntil = async (time: UnixMillis) => {
        const found: string[] = [];
        let next: Record<string, unknown> | undefined;
        do {
          const page = await table.due(shard, time, next);
          found.push(...page.ids);
          next = page.next;
        } while (next !== undefined);
        return found.filter((id) => mine.includes(id));
      };

      expect(await foundUntil(unixMillis(999))).toEqual([]);
      expect(await foundUntil(unixMillis(2000))).toEqual(mine);
      await table.moveDue(made[0] ?? { id: '', dueAt: now }, instant(900), 1);
      expect(await foundUntil(unixMillis(2000))).toEqual(mine.slice(1));
    });
  });
}
