import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import type { Recovery, RecoveryStore } from '../../../lambdas/domain/recovery.ts';
import { later, seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const at = (span: number): UnixMillis => later(now, seconds(span));

const newRecovery = (): Recovery => ({
  id: `rec_${crypto.randomUUID()}`,
  tenant: asTenantId('acme'),
  endpointId: asEndpointId('ep_1'),
  since: at(-3600),
  until: now,
  status: 'running',
  estimate: { count: 3, isExact: true },
  replayed: 0,
  refused: 0,
  createdAt: now,
  updatedAt: now,
});

/** What every store of recoveries must do. @param make each call may share one table */
export function recoveriesContract(name: string, make: () => Promise<RecoveryStore>): void {
  const setUp = async () => {
    const recoveries = await make();
    const recovery = newRecovery();
    await recoveries.create(recovery);
    return { recoveries, recovery, id: recovery.id };
  };

  describe(`recoveries in ${name}`, () => {
    it('recoveries are read as they were written, and found while they run', async () => {
      const { recoveries, recovery, id } = await setUp();

      expect(await recoveries.create({ ...recovery, replayed: 9 })).toBe(false);
      expect(await recoveries.read(id)).toEqual(recovery);
      expect(await recoveries.running()).toContain(id);
      expect(await recoveries.read('rec_nobody')).toBeUndefined();
    });

    it('recoveries are leased by one worker until the lease ends', async () => {
      const { recoveries, id } = await setUp();

      expect(await recoveries.claim(id, now, at(60))).toMatchObject({ leaseUntil: at(60) });
      expect(await recoveries.claim(id, at(59), at(119))).toBeUndefined();
      expect(await recoveries.claim(id, at(60), at(120))).toMatchObject({ leaseUntil: at(120) });
    });

    it('advance by the one who works on them, are found until they are done, and end', async () => {
      const { recoveries, id } = await setUp();
      const mine = await recoveries.claim(id, now, at(60));
      if (mine === undefined) throw new Error('not claimed');
      const passed = '001764072000000#x';
      const progress = { passed, replayed: 2, refused: 1, status: 'running' } as const;

      const advanced = await recoveries.advance(mine, progress, at(30));
      expect(advanced).toMatchObject({ passed, replayed: 2, refused: 1 });
      expect(advanced?.leaseUntil).toBeUndefined();
      expect(await recoveries.running()).toContain(id);
      expect(await recoveries.advance(mine, progress, at(31))).toBeUndefined();
      const again = await recoveries.claim(id, at(32), at(92));
      if (again) await recoveries.advance(again, { ...progress, status: 'done' }, at(40));
      const done = await recoveries.read(id);
      expect(done?.status).toBe('done');
      expect(done?.leaseUntil).toBeUndefined();
      expect(await recoveries.running()).not.toContain(id);
    });

    it('recoveries are cancelled once, and the worker that has the lease learns of it', async () => {
      const { recoveries, id } = await setUp();
      const mine = await recoveries.claim(id, now, at(60));

      expect(await recoveries.cancel(id, at(5))).toMatchObject({ status: 'cancelled' });
      expect(await recoveries.cancel(id, at(6))).toBeUndefined();
      if (mine) expect(await recoveries.advance(mine, mine, at(7))).toBeUndefined();
      expect(await recoveries.claim(id, at(70), at(130))).toBeUndefined();
      expect(await recoveries.running()).not.toContain(id);
    });
  });
}
