import { expect, it } from 'vitest';
import type { LimiterStore, Shown } from '../../../lambdas/domain/limiter-store.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { at, limits, testedLimiter } from './limiter-fixture.ts';

/** What a limiter must do for requests without a slot, and for tasks that wait. @param make each call may share one table */
export function limiterPacingContract(make: () => Promise<LimiterStore>): void {
  const setUp = () => testedLimiter(make);

  it('a limiter notes a failure without a slot, counts several at once, and keeps since when', async () => {
    const { limiter, limiterKey } = await setUp();
    const note = (health: 'up' | 'slow' | 'refusing' | 'down' | 'hanging', failures: number, now: number) =>
      limiter.note(limiterKey, { health, failures, limits }, at(now));

    // A success has nothing to clear.
    expect(await note('up', 0, 5)).toEqual({ failures: 0, probes: 0, slots: {} });
    expect(await limiter.read(limiterKey)).toEqual({ failures: 0, probes: 0, slots: {} });
    expect(await note('down', 1, 10)).toMatchObject({
      failures: 1,
      failingSince: at(10),
      failedAt: at(10),
    });
    expect(await note('down', 3, 20)).toMatchObject({
      failures: 4,
      failingSince: at(10),
      failedAt: at(20),
    });
    expect(await note('refusing', 0, 30)).toMatchObject({
      failures: 0,
      failingSince: at(10),
      provenAt: at(30),
    });
    expect(await note('hanging', 0, 40)).toMatchObject({ slowAt: at(40), failingSince: at(10) });
    expect((await limiter.read(limiterKey)).provenAt).toBeUndefined();
    const slow = await note('slow', 0, 50);
    expect([slow.slowAt, slow.provenAt, slow.failingSince]).toEqual([at(50), at(50), undefined]);
    const up = await note('up', 0, 60);
    expect([up.slowAt, up.provenAt, up.failedAt]).toEqual([at(50), at(60), undefined]);
  });

  it('a limiter starts over with a failure without a slot, after a pause as long as the time to disable', async () => {
    const { limiter, limiterKey } = await setUp();
    const note = (now: number) => limiter.note(limiterKey, { health: 'down', failures: 1, limits }, at(now));
    await note(10);

    expect(await note(1_009)).toMatchObject({ failingSince: at(10) });
    expect(await note(2_009)).toMatchObject({ failingSince: at(2_009), failures: 3 });
  });

  it('a limiter keeps the usual time to a response', async () => {
    const { held, limiter, limiterKey, slotOf } = await setUp();
    const leave = async (now: number, before: number | undefined, shown: Shown | undefined) => {
      const answerMs = before === undefined ? undefined : millis(before);
      return limiter.leave({ ...slotOf(await held(now, now + 100)), answerMs }, shown, at(now + 10));
    };
    await leave(0, undefined, { health: 'up', took: millis(20) });

    expect((await limiter.read(limiterKey)).answerMs).toBe(20);
    expect(await leave(100, 20, { health: 'down', took: millis(70) })).toMatchObject({ answerMs: 30 });
    expect(await leave(200, 30, undefined)).toMatchObject({ answerMs: 30 });
  });

  it('a limiter gives each request under a rate a place on its time line, for a second ahead', async () => {
    const { take } = await setUp();
    const asked = { limits: { ...limits, concurrent: 9, perSecond: 4 } };
    const first = await take(0, 9_000, { ...asked, count: 2 });
    expect(first).toMatchObject({ ok: true, firstAt: at(0), state: { nextAt: at(500) } });

    expect(await take(10, 9_000, asked)).toMatchObject({ ok: false });
    expect(await take(10, 9_000, { ...asked, isInLine: true })).toMatchObject({ ok: false });
  });

  it('a limiter gives places after those that are taken, and none that begins in more than a second', async () => {
    const { held, leave, take } = await setUp();
    const asked = { limits: { ...limits, concurrent: 99, perSecond: 4 }, isInLine: true };
    await leave(await held(0, 9_000), 'up', 0);
    expect(await take(0, 9_000, asked)).toMatchObject({ ok: false });
    expect(await take(0, 9_000, { ...asked, isInLine: false })).toMatchObject({ ok: true, firstAt: at(0) });

    expect(await take(10, 9_000, { ...asked, count: 5 })).toMatchObject({ ok: false });
    expect(await take(10, 9_000, { ...asked, count: 4 })).toMatchObject({ ok: true, firstAt: at(250) });
    expect(await take(240, 9_000, asked)).toMatchObject({ ok: false, state: { nextAt: at(1_250) } });
    expect(await take(250, 9_000, asked)).toMatchObject({ ok: true, firstAt: at(1_250) });
    expect(await take(1_500, 9_000, asked)).toMatchObject({ ok: false });
    expect(await take(1_500, 9_000, { ...asked, isInLine: false })).toMatchObject({ firstAt: at(1_500) });
  });

  it('a limiter gives places that are no whole milliseconds apart', async () => {
    const { take } = await setUp();
    const asked = { limits: { ...limits, concurrent: 999, perSecond: 999 } };

    await take(0, 9_000, asked);
    const second = await take(0, 9_000, { ...asked, isInLine: true });

    expect(second.state.nextAt).toBeCloseTo(at(2.004), 2);
  });

  it('a limiter gives each waiting task a separate time', async () => {
    const { limiter, limiterKey } = await setUp();
    const reserve = (now: number) => limiter.reserve(limiterKey, millis(100), at(now));

    expect(await reserve(0)).toBe(at(100));
    expect(await reserve(0)).toBe(at(200));
    expect(await reserve(150)).toBe(at(300));
    expect(await reserve(1000)).toBe(at(1100));
  });

  it('a limiter reserves separate times for several tasks by one write', async () => {
    const { limiter, limiterKey } = await setUp();
    const reserve = (now: number, count: number) => limiter.reserve(limiterKey, millis(100), at(now), count);

    expect(await reserve(0, 3)).toBe(at(100));
    expect(await reserve(0, 2)).toBe(at(400));
    expect(await reserve(0, 1)).toBe(at(600));
  });

  it('a limiter gives two tasks separate times if both wait at once, as the first', async () => {
    const { limiter, limiterKey } = await setUp();
    const reserve = () => limiter.reserve(limiterKey, millis(100), at(0));

    const reserved = await Promise.all([reserve(), reserve(), reserve()]);

    expect(reserved.toSorted()).toEqual([at(100), at(200), at(300)]);
  });
}
