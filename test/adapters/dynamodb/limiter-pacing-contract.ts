import { expect, it } from 'vitest';
import type { LimiterStore } from '../../../lambdas/domain/limiter-store.ts';
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
    const { limiter, slotOf, take } = await setUp();
    await take('slot0', 0, 100);
    await limiter.leave(slotOf('slot0', 100), 'up', at(20), millis(20));

    expect(await take('slot0', 30, 130)).toMatchObject({ ok: true, state: { answerMs: 20 } });
    const slot = { ...slotOf('slot0', 130), answerMs: millis(20) };
    expect(await limiter.leave(slot, 'down', at(100), millis(70))).toMatchObject({ answerMs: 30 });
    await take('slot0', 200, 300);
    expect(
      await limiter.leave({ ...slotOf('slot0', 300), answerMs: millis(30) }, undefined, at(210)),
    ).toMatchObject({ answerMs: 30 });
  });

  it('a limiter gives each request under a rate a place on its time line, for a second ahead', async () => {
    const { limiter, limiterKey, take } = await setUp();
    const reserve = (now: number) => limiter.reservePlace(limiterKey, millis(600), at(now), at(now + 1_000));
    expect(await reserve(0)).toBeUndefined();
    await take('slot0', 0, 9_000, 600);

    expect(await reserve(10)).toBe(at(600));
    expect(await reserve(20)).toBeUndefined();
    expect(await reserve(200)).toBe(at(1_200));
    expect(await take('slot1', 700, 9_000, 1_300)).toMatchObject({
      ok: false,
      state: { nextAt: at(1_800) },
    });
    const placed = { now: at(700), until: at(9_000), nextAt: at(1_300), ifProven: false, place: at(600) };
    expect(await limiter.take(limiterKey, 'slot1', placed)).toMatchObject({
      ok: true,
      state: { nextAt: at(1_800) },
    });
    expect(await reserve(1_800)).toBeUndefined();
  });

  it('a limiter gives each waiting task a separate time', async () => {
    const { limiter, limiterKey } = await setUp();
    const reserve = (now: number) => limiter.reserve(limiterKey, millis(100), at(now));

    expect(await reserve(0)).toBe(at(100));
    expect(await reserve(0)).toBe(at(200));
    expect(await reserve(150)).toBe(at(300));
    expect(await reserve(1000)).toBe(at(1100));
  });

  it('a limiter gives two tasks separate times if both wait at once, as the first', async () => {
    const { limiter, limiterKey } = await setUp();
    const reserve = () => limiter.reserve(limiterKey, millis(100), at(0));

    const reserved = await Promise.all([reserve(), reserve(), reserve()]);

    expect(reserved.toSorted()).toEqual([at(100), at(200), at(300)]);
  });
}
