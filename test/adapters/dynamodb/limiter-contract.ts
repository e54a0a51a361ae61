import { describe, expect, it } from 'vitest';
import type { LimiterStore } from '../../../lambdas/domain/limiter-store.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { at, leasesOf, limits, testedLimiter } from './limiter-fixture.ts';
import { limiterHealthContract } from './limiter-health-contract.ts';
import { limiterPacingContract } from './limiter-pacing-contract.ts';
import { limiterSidelineContract } from './limiter-sideline-contract.ts';

/** What every limiter store must do. @param make each call may share one table */
export function limiterContract(name: string, make: () => Promise<LimiterStore>): void {
  const setUp = () => testedLimiter(make);

  describe(`limiter in ${name}`, () => {
    it('a limiter gives a slot to one request at a time, until it is given back or runs out', async () => {
      const { held, leave, take } = await setUp();

      const first = await held(0, 1000);
      const second = await held(10, 1010);
      expect(await take(20, 1020)).toMatchObject({ ok: false, state: { slots: leasesOf(first, second) } });
      await leave(first, 'up', 20);
      const third = await held(20, 1020);
      const ended = leasesOf(second);
      expect(await take(1010, 2010)).toMatchObject({ ok: false });
      const fourth = await held(1010, 2010, { ended });
      expect(await take(1010, 2010, { ended })).toMatchObject({
        ok: false,
        state: { slots: leasesOf(third, fourth) },
      });
    });

    it('a limiter leases several slots by one write, all or none', async () => {
      const { held, leave, take, limiter, limiterKey } = await setUp();
      const ask = { limits: { ...limits, concurrent: 10 } };
      await leave(await held(0, 1000), 'up', 5);

      const six = await held(10, 1010, { ...ask, count: 6 });
      expect(await take(10, 1010, { ...ask, count: 5 })).toMatchObject({ ok: false });
      const four = await held(10, 1010, { ...ask, count: 4 });
      await leave(six, 'up', 20, 2);
      const four2 = { ...six, count: 4 };
      expect((await limiter.read(limiterKey)).slots).toEqual(leasesOf(four2, four));
      expect(await take(20, 1020, { ...ask, count: 3 })).toMatchObject({ ok: false });
      const two = await held(20, 1020, { ...ask, count: 2 });
      await leave(four2, 'up', 30, 4);
      expect((await limiter.read(limiterKey)).slots).toEqual(leasesOf(four, two));
    });

    it('a limiter takes the slots of leases that are over, of several by one write', async () => {
      const { held, leave, take, limiter, limiterKey } = await setUp();
      const ask = { limits: { ...limits, concurrent: 4 } };
      await leave(await held(0, 1000), 'up', 5);
      const over = [await held(10, 20, { ...ask, count: 3 }), await held(10, 20, ask)];

      const ended = leasesOf(...over);
      const all = await held(30, 1030, { ...ask, count: 4, ended });
      expect((await limiter.read(limiterKey)).slots).toEqual(leasesOf(all));
      expect(await take(30, 1030, ask)).toMatchObject({ ok: false });
    });

    it('a limiter frees no slot of another worker when slots are given back twice in a millisecond', async () => {
      const { held, leave, limiter, limiterKey } = await setUp();
      const first = await held(0, 1000);
      await leave(first, undefined, 0);
      const second = await held(0, 1000);

      await leave(first, undefined, 0);

      expect((await limiter.read(limiterKey)).slots).toEqual(leasesOf(second));
    });

    it('a limiter refuses a request before the rate allows the next one', async () => {
      const { take } = await setUp();
      const ask = { limits: { ...limits, perSecond: 2 } };
      expect(await take(0, 1000, ask)).toMatchObject({ ok: true, firstAt: at(0) });

      expect(await take(499, 1000, ask)).toMatchObject({ ok: false, state: { nextAt: at(500) } });
      expect(await take(500, 1000, ask)).toMatchObject({ ok: true, firstAt: at(500) });
    });

    it('a limiter gives further slots to a proven endpoint only', async () => {
      const { held, leave, take } = await setUp();
      const ask = { limits: { ...limits, concurrent: 10 } };
      const first = await held(0, 1000, ask);
      const second = await held(0, 1000, ask);
      expect(await take(0, 1000, ask)).toMatchObject({ ok: false });

      expect(await leave(first, 'up', 10)).toMatchObject({ provenAt: at(10) });
      const many = await held(20, 1020, { ...ask, count: 5 });
      await leave(many, 'down', 30, 5);
      await held(40, 1040, ask);
      expect(await take(40, 1040, ask)).toMatchObject({ ok: false });
      await leave(second, 'slow', 60);
      expect(await take(70, 1070, { ...ask, count: 3 })).toMatchObject({
        ok: true,
        state: { provenAt: at(60), slowAt: at(60) },
      });
    });

    it('a limiter gives an endpoint that has not answered no more than two slots by one write', async () => {
      const { take } = await setUp();
      const ask = { limits: { ...limits, concurrent: 10 } };

      expect(await take(0, 1000, { ...ask, count: 3 })).toMatchObject({ ok: false });
      expect(await take(0, 1000, { ...ask, count: 2 })).toMatchObject({ ok: true });
    });

    it('a limiter does not free a slot that another worker has by now, but records the health', async () => {
      const { held, leave, take } = await setUp();
      const one = { limits: { ...limits, concurrent: 1 } };
      const first = await held(0, 1000, one);
      await held(1000, 2000, { ...one, ended: leasesOf(first) });

      expect(await leave(first, 'down', 1100)).toMatchObject({ failures: 1 });
      expect(await take(1100, 3000, one)).toMatchObject({ ok: false });
    });

    it('a limiter stays closed for the pause, then lets one probe go, whose success opens it to all', async () => {
      const { held, leave, open, probe, probeUntil, take } = await setUp();
      await leave(await held(0, 100), 'down', 10);
      await open(5000, 15);
      await open(9000, 15);

      expect(await take(20, 100)).toMatchObject({ ok: false, state: { openUntil: at(5000) } });
      expect(await probe(5000, 6000)).toMatchObject({ ok: true });
      expect(await probe(5000, 6000)).toMatchObject({ ok: false });
      const left = await leave(probeUntil(6000), 'up', 5500);
      expect(left.openUntil).toBeUndefined();
      expect(await take(5500, 6500)).toMatchObject({ ok: true });
    });

    it('a limiter counts failed probes, and lets the next probe go after one without a request', async () => {
      const { held, leave, open, probe, probeUntil, take } = await setUp();
      await leave(await held(0, 100), 'down', 10);
      await open(1000, 15);

      await probe(1000, 2000);
      await leave(probeUntil(2000), 'down', 1500);
      await open(4000, 15, 2000);
      expect(await take(1600, 1700)).toMatchObject({
        ok: false,
        state: { openUntil: at(4000), probes: 1, failures: 2 },
      });
      await probe(4000, 5000);
      const left = await leave(probeUntil(5000), undefined, 4100);
      expect(left.openUntil).toBe(at(4100));
    });

    it('a limiter is opened neither after a success that came meanwhile, nor by a probe whose time is over', async () => {
      const { held, leave, limiter, limiterKey, open, probe } = await setUp();
      const [one, other] = [await held(0, 100), await held(0, 100)];
      await leave(one, 'down', 10);
      await leave(other, 'up', 20);
      await open(1000, 30);
      expect((await limiter.read(limiterKey)).openUntil).toBeUndefined();

      await leave(await held(100, 200), 'down', 110);
      await open(1000, 120);
      await probe(1000, 2000);
      await probe(2000, 3000);
      await open(9000, 2500, 2000);
      expect(await limiter.read(limiterKey)).toMatchObject({ openUntil: at(3000), probes: 0 });
    });

    it('a limiter forgets the times that are reserved when a limit is raised, and nothing else', async () => {
      const { held, limiter, limiterKey } = await setUp();
      await held(0, 90_000);
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
      const { held, leave, limiter, limiterKey, open, slotOf } = await setUp();
      const first = await held(0, 100);
      const kept = await held(0, 100);
      await leave(first, 'down', 10);
      await open(9000, 15);

      await limiter.reset(limiterKey);
      await limiter.reset('unknown');
      await limiter.leave({ ...slotOf(first), limiterKey: 'unknown' }, { health: 'down' }, at(15));
      expect(await limiter.read('unknown')).toMatchObject({ failures: 0 });

      const next = await held(20, 1020);
      const left = await leave(next, 'down', 30);
      expect(left).toMatchObject({ failures: 1, failingSince: at(30), slots: leasesOf(kept) });
    });

    it('a limiter shows since when its breaker is open, over all failed probes, until one succeeds', async () => {
      const { held, leave, limiter, limiterKey, open, probe, probeUntil } = await setUp();
      expect(await limiter.read(limiterKey)).toEqual({ failures: 0, probes: 0, slots: {} });
      await leave(await held(0, 100), 'down', 10);
      await open(1000, 20);
      expect(await limiter.read(limiterKey)).toMatchObject({ openedAt: at(20), openUntil: at(1000) });

      await probe(1000, 2000);
      expect(await limiter.read(limiterKey)).toMatchObject({ probe: at(2000), openUntil: at(2000) });
      await leave(probeUntil(2000), 'down', 1500);
      await open(4000, 1600, 2000);
      expect(await limiter.read(limiterKey)).toMatchObject({ openedAt: at(20), openUntil: at(4000) });

      await probe(4000, 5000);
      await leave(probeUntil(5000), 'refusing', 4100);
      const after = await limiter.read(limiterKey);
      expect([after.openedAt, after.openUntil, after.probe]).toEqual([undefined, undefined, undefined]);
    });

    it('a limiter lets requests by hand go one at a time, even with an open breaker, which their success closes', async () => {
      const { held, leave, limiter, limiterKey, open, take } = await setUp();
      const byHand = (now: number) => limiter.takeByHand(limiterKey, at(now), at(now + 1000));
      await leave(await held(0, 100), 'down', 10);
      await open(9000, 20);
      await limiter.hold(limiterKey, at(8000));

      const first = await byHand(30);
      expect(first).toMatchObject({ kind: 'hand', until: at(1030) });
      expect(await byHand(40)).toBeUndefined();
      const second = (await byHand(1030)) ?? expect.fail();
      const down = await leave(second, 'down', 1030);
      expect(down).toMatchObject({ openUntil: at(9000), openedAt: at(20), failures: 2 });

      const third = (await byHand(1030)) ?? expect.fail();
      // Given back once more, in the same millisecond: the slot is that of another worker.
      await leave(second, undefined, 1030);
      expect(await byHand(1031)).toBeUndefined();
      const up = await leave(third, 'up', 1060);
      expect([up.openUntil, up.openedAt, up.retryAfter, up.failures]).toEqual([
        ...[undefined, undefined, undefined],
        0,
      ]);
      expect(await take(1070, 2070)).toMatchObject({ ok: true });
    });

    it('a limiter lets no request go before `Retry-After`, and never shortens it', async () => {
      const { held, leave, limiter, limiterKey, take } = await setUp();
      await limiter.hold('unknown', at(500));
      expect((await limiter.read('unknown')).retryAfter).toBeUndefined();
      const first = await held(0, 1000);
      await limiter.hold(limiterKey, at(500));
      await limiter.hold(limiterKey, at(400));

      expect(await take(499, 1000)).toMatchObject({ ok: false, state: { retryAfter: at(500) } });
      // An answer to a request that began before it.
      expect(await leave(first, 'up', 450)).toMatchObject({ retryAfter: at(500) });
      await limiter.hold(limiterKey, at(600));
      expect(await take(599, 1000)).toMatchObject({ ok: false });
      expect(await take(600, 1000)).toMatchObject({ ok: true });
      await limiter.hold(limiterKey, at(9000));
      await limiter.reset(limiterKey);
      expect(await take(1000, 2000)).toMatchObject({ ok: true });
    });

    limiterHealthContract(make);
    limiterPacingContract(make);
    limiterSidelineContract(make);
  });
}
