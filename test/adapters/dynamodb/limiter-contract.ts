import { describe, expect, it } from 'vitest';
import type { LimiterStore } from '../../../lambdas/domain/limiter-store.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { at, testedLimiter } from './limiter-fixture.ts';
import { limiterPacingContract } from './limiter-pacing-contract.ts';
import { limiterSidelineContract } from './limiter-sideline-contract.ts';

/** What every limiter store must do. @param make each call may share one table */
export function limiterContract(name: string, make: () => Promise<LimiterStore>): void {
  const setUp = () => testedLimiter(make);

  describe(`limiter in ${name}`, () => {
    it('a limiter gives a slot to one request at a time, until it is released or runs out', async () => {
      const { limiter, slotOf, take } = await setUp();

      expect(await take('slot0', 0, 1000)).toMatchObject({ ok: true });
      expect(await take('slot0', 10, 1010)).toMatchObject({ ok: false, state: { slots: { 0: at(1000) } } });
      expect(await take('slot1', 10, 1010)).toMatchObject({ ok: true });
      await limiter.leave(slotOf('slot0', 1000), 'up', at(20));
      expect(await take('slot0', 20, 1020)).toMatchObject({ ok: true });
      expect(await take('slot1', 1010, 2010)).toMatchObject({ ok: true });
    });

    it('a limiter refuses a request before the rate allows the next one', async () => {
      const { take } = await setUp();
      expect(await take('slot0', 0, 1000, 500)).toMatchObject({ ok: true });

      expect(await take('slot1', 499, 1000, 999)).toMatchObject({ ok: false, state: { nextAt: at(500) } });
      expect(await take('slot1', 500, 1000, 1000)).toMatchObject({ ok: true });
    });

    it('a limiter gives further slots to a proven endpoint only', async () => {
      const { limiter, slotOf, take } = await setUp();
      const many = (now: number) => take('slot5', now, now + 1000, undefined, true);
      await take('slot0', 0, 1000);
      expect(await many(0)).toMatchObject({ ok: false });

      expect(await limiter.leave(slotOf('slot0', 1000), 'up', at(10))).toMatchObject({ provenAt: at(10) });
      expect(await many(20)).toMatchObject({ ok: true });
      await limiter.leave(slotOf('slot5', 1020), 'down', at(30));
      expect(await many(40)).toMatchObject({ ok: false });
      await take('slot1', 50, 1050);
      await limiter.leave(slotOf('slot1', 1050), 'slow', at(60));
      expect(await many(70)).toMatchObject({ ok: true, state: { provenAt: at(60), slowAt: at(60) } });
    });

    it('a limiter does not free a slot that another worker has by now, but records the health', async () => {
      const { limiter, slotOf, take } = await setUp();
      await take('slot0', 0, 1000);
      await take('slot0', 1000, 2000);

      expect(await limiter.leave(slotOf('slot0', 1000), 'down', at(1100))).toMatchObject({ failures: 1 });
      expect(await take('slot0', 1100, 3000)).toMatchObject({ ok: false });
    });

    it('a limiter counts failures in a row and remembers since when nothing succeeded', async () => {
      const { limiter, slotOf, take } = await setUp();
      const leave = async (health: 'up' | 'refusing' | 'down' | undefined, time: number) => {
        await take('slot0', time, time + 1);
        return limiter.leave(slotOf('slot0', time + 1), health, at(time));
      };

      expect(await leave('down', 10)).toMatchObject({ failures: 1, failingSince: at(10) });
      expect(await leave('down', 20)).toMatchObject({ failures: 2, failingSince: at(10) });
      expect(await leave(undefined, 25)).toMatchObject({ failures: 2 });
      expect(await leave('refusing', 30)).toMatchObject({
        failures: 0,
        failingSince: at(10),
        failedAt: at(30),
      });
      expect(await leave('down', 1029)).toMatchObject({ failures: 1, failingSince: at(10) });
      const up = await leave('up', 1040);
      expect(up.failures).toBe(0);
      expect([up.failingSince, up.failedAt]).toEqual([undefined, undefined]);
    });

    it('a limiter starts over after a pause as long as the time to disable, regardless of which request comes first', async () => {
      const { limiter, slotOf, take } = await setUp();
      const leave = async (slot: string, health: 'refusing' | 'down', time: number) => {
        await take(slot, time, time + 1);
        return limiter.leave(slotOf(slot, time + 1), health, at(time));
      };
      await leave('slot0', 'down', 10);

      await take('slot0', 1020, 1021);
      await take('slot1', 1020, 1021);
      const both = await Promise.all([
        limiter.leave(slotOf('slot0', 1021), 'down', at(1020)),
        limiter.leave(slotOf('slot1', 1021), 'refusing', at(1020)),
      ]);

      expect(both.map(({ failingSince }) => failingSince)).toEqual([at(1020), at(1020)]);
      // Another worker has the slot by now.
      expect(await limiter.leave(slotOf('slot0', 7), 'down', at(3000))).toMatchObject({
        failingSince: at(3000),
      });
      expect(await limiter.leave(slotOf('slot0', 7), 'down', at(3001))).toMatchObject({
        failingSince: at(3000),
      });
    });

    it('a limiter stays closed for the pause, then lets one probe go, whose success opens it to all', async () => {
      const { limiter, limiterKey, slotOf, take } = await setUp();
      await take('slot0', 0, 100);
      await limiter.leave(slotOf('slot0', 100), 'down', at(10));
      await limiter.open(slotOf('slot0', 100), at(5000), at(15));
      await limiter.open(slotOf('slot1', 100), at(9000), at(15));

      expect(await take('slot1', 20, 100)).toMatchObject({ ok: false, state: { openUntil: at(5000) } });
      expect(await limiter.probe(limiterKey, at(5000), at(6000))).toMatchObject({ ok: true });
      expect(await limiter.probe(limiterKey, at(5000), at(6000))).toMatchObject({ ok: false });
      const left = await limiter.leave(slotOf('probe', 6000, true), 'up', at(5500));
      expect(left.openUntil).toBeUndefined();
      expect(await take('slot1', 5500, 6500)).toMatchObject({ ok: true });
    });

    it('a limiter counts failed probes, and lets the next probe go after one without a request', async () => {
      const { limiter, limiterKey, slotOf, take } = await setUp();
      await take('slot0', 0, 100);
      await limiter.leave(slotOf('slot0', 100), 'down', at(10));
      await limiter.open(slotOf('slot0', 100), at(1000), at(15));

      await limiter.probe(limiterKey, at(1000), at(2000));
      await limiter.leave(slotOf('probe', 2000, true), 'down', at(1500));
      await limiter.open(slotOf('probe', 2000, true), at(4000), at(15));
      expect(await take('slot0', 1600, 1700)).toMatchObject({
        ok: false,
        state: { openUntil: at(4000), probes: 1, failures: 2 },
      });
      await limiter.probe(limiterKey, at(4000), at(5000));
      const left = await limiter.leave(slotOf('probe', 5000, true), undefined, at(4100));
      expect(left.openUntil).toBe(at(4100));
    });

    it('a limiter is opened neither after a success that came meanwhile, nor by a probe whose time is over', async () => {
      const { limiter, limiterKey, slotOf, take } = await setUp();
      await take('slot0', 0, 100);
      await take('slot1', 0, 100);
      await limiter.leave(slotOf('slot0', 100), 'down', at(10));
      await limiter.leave(slotOf('slot1', 100), 'up', at(20));
      await limiter.open(slotOf('slot0', 100), at(1000), at(30));
      expect((await limiter.read(limiterKey)).openUntil).toBeUndefined();

      await take('slot0', 100, 200);
      await limiter.leave(slotOf('slot0', 200), 'down', at(110));
      await limiter.open(slotOf('slot0', 200), at(1000), at(120));
      await limiter.probe(limiterKey, at(1000), at(2000));
      await limiter.probe(limiterKey, at(2000), at(3000));
      await limiter.open(slotOf('probe', 2000, true), at(9000), at(2500));
      expect(await limiter.read(limiterKey)).toMatchObject({ openUntil: at(3000), probes: 0 });
    });

    it('a limiter forgets the times that are reserved when a limit is raised, and nothing else', async () => {
      const { limiter, limiterKey, take } = await setUp();
      await take('slot0', 0, 90_000);
      await limiter.reserve(limiterKey, millis(60_000), at(0));
      const { reservedUntil, ...others } = await limiter.read(limiterKey);

      expect(reservedUntil).toBe(at(60_000));
      expect(await limiter.clearPlaces(limiterKey)).toEqual(others);
      expect(await limiter.reserve(limiterKey, millis(1_000), at(0))).toBe(at(1_000));
      const gone = `${limiterKey}/gone`;
      expect(await limiter.clearPlaces(gone)).toMatchObject({ slots: {}, failures: 0 });
      await limiter.hold(gone, at(500));
      expect((await limiter.read(gone)).retryAfter).toBeUndefined();
    });

    it('a limiter that is reset forgets its state but keeps the taken slots', async () => {
      const { limiter, limiterKey, slotOf, take } = await setUp();
      await take('slot0', 0, 100);
      await limiter.leave(slotOf('slot0', 100), 'down', at(10));
      await limiter.open(slotOf('slot0', 100), at(9000), at(15));

      await limiter.reset(limiterKey);
      await limiter.reset('unknown');
      await limiter.leave({ ...slotOf('slot0', 100), limiterKey: 'unknown' }, 'down', at(15));
      expect(await limiter.read('unknown')).toMatchObject({ failures: 0 });

      expect(await take('slot0', 20, 1020)).toMatchObject({ ok: true });
      const left = await limiter.leave(slotOf('slot0', 1020), 'down', at(30));
      expect(left).toMatchObject({ failures: 1, failingSince: at(30) });
    });

    it('a limiter shows since when its breaker is open, over all failed probes, until one succeeds', async () => {
      const { limiter, limiterKey, slotOf, take } = await setUp();
      expect(await limiter.read(limiterKey)).toEqual({ failures: 0, probes: 0, slots: {} });
      await take('slot0', 0, 100);
      await limiter.leave(slotOf('slot0', 100), 'down', at(10));
      await limiter.open(slotOf('slot0', 100), at(1000), at(20));
      expect(await limiter.read(limiterKey)).toMatchObject({ openedAt: at(20), openUntil: at(1000) });

      await limiter.probe(limiterKey, at(1000), at(2000));
      expect(await limiter.read(limiterKey)).toMatchObject({ probe: at(2000), openUntil: at(2000) });
      await limiter.leave(slotOf('probe', 2000, true), 'down', at(1500));
      await limiter.open(slotOf('probe', 2000, true), at(4000), at(1600));
      expect(await limiter.read(limiterKey)).toMatchObject({ openedAt: at(20), openUntil: at(4000) });

      await limiter.probe(limiterKey, at(4000), at(5000));
      await limiter.leave(slotOf('probe', 5000, true), 'refusing', at(4100));
      const after = await limiter.read(limiterKey);
      expect([after.openedAt, after.openUntil, after.probe]).toEqual([undefined, undefined, undefined]);
    });

    it('a limiter lets requests by hand go one at a time, even with an open breaker, which their success closes', async () => {
      const { limiter, limiterKey, slotOf, take } = await setUp();
      await take('slot0', 0, 100, 90_000);
      await limiter.leave(slotOf('slot0', 100), 'down', at(10));
      await limiter.open(slotOf('slot0', 100), at(9000), at(20));
      await limiter.hold(limiterKey, at(8000));

      expect(await limiter.takeByHand(limiterKey, at(30), at(1030))).toBe(true);
      expect(await limiter.takeByHand(limiterKey, at(40), at(1040))).toBe(false);
      expect(await limiter.takeByHand(limiterKey, at(1030), at(2030))).toBe(true);
      const byHand = { ...slotOf('hand', 2030), isByHand: true };
      const down = await limiter.leave(byHand, 'down', at(1040));
      expect(down).toMatchObject({ openUntil: at(9000), openedAt: at(20), failures: 2 });

      expect(await limiter.takeByHand(limiterKey, at(1050), at(2050))).toBe(true);
      const up = await limiter.leave({ ...byHand, until: at(2050) }, 'up', at(1060));
      expect([up.openUntil, up.openedAt, up.retryAfter, up.failures]).toEqual([
        ...[undefined, undefined, undefined],
        0,
      ]);
      expect(await take('slot0', 90_000, 91_000)).toMatchObject({ ok: true });
    });

    it('a limiter lets no request go before `Retry-After`, and never shortens it', async () => {
      const { limiter, limiterKey, slotOf, take } = await setUp();
      await limiter.hold('unknown', at(500));
      expect((await limiter.read('unknown')).retryAfter).toBeUndefined();
      await take('slot0', 0, 1000);
      await limiter.hold(limiterKey, at(500));
      await limiter.hold(limiterKey, at(400));

      expect(await take('slot1', 499, 1000)).toMatchObject({ ok: false, state: { retryAfter: at(500) } });
      // An answer to a request that began before it.
      expect(await limiter.leave(slotOf('slot0', 1000), 'up', at(450))).toMatchObject({
        retryAfter: at(500),
      });
      await limiter.hold(limiterKey, at(600));
      expect(await take('slot1', 599, 1000)).toMatchObject({ ok: false });
      expect(await take('slot1', 600, 1000)).toMatchObject({ ok: true });
      await limiter.hold(limiterKey, at(9000));
      await limiter.reset(limiterKey);
      expect(await take('slot0', 1000, 2000)).toMatchObject({ ok: true });
    });

    limiterPacingContract(make);
    limiterSidelineContract(make);
  });
}
