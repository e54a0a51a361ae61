import { expect, it } from 'vitest';
import { isSidelined, quickAgainAfter } from '../../../lambdas/domain/limiter.ts';
import type { EndpointHealth, LimiterStore } from '../../../lambdas/domain/limiter-store.ts';
import { millis } from '../../../lambdas/domain/time.ts';
import { at, limits, testedLimiter } from './limiter-fixture.ts';

/** What a limiter must do so that slow endpoints are sidelined, and quick ones are not. @param make each call may share one table */
export function limiterSidelineContract(make: () => Promise<LimiterStore>): void {
  async function setUp() {
    const tested = await testedLimiter(make);
    const { limiter, limiterKey, slotOf, take } = tested;
    const note = (health: EndpointHealth, now: number, took?: number) =>
      limiter.note(
        limiterKey,
        { health, failures: health === 'down' ? 1 : 0, limits, ...(took && { took: millis(took) }) },
        at(now),
      );
    /** Takes a slot and releases it. */
    const request = async (health: EndpointHealth | undefined, now: number, took = 10) => {
      await take('slot0', now, now + 1);
      return limiter.leave(slotOf('slot0', now + 1), health, at(now), millis(took));
    };
    return { ...tested, note, request };
  }

  it.each(['slow', 'hanging'] as const)(
    'a limiter counts the quick successes of a %s endpoint, with and without slots, and forgets after the last that it was slow',
    async (health) => {
      const { note, request } = await setUp();
      expect(await note(health, 0)).toMatchObject({ slowAt: at(0), slowLeft: quickAgainAfter });

      for (let left = quickAgainAfter - 1; left > 0; left--) {
        const now = 10 * (quickAgainAfter - left);
        const state = await (left % 2 === 0 ? request('up', now) : note('up', now, 10));
        expect(state).toMatchObject({ slowAt: at(0), slowLeft: left, provenAt: at(now), failures: 0 });
      }
      const last = await request('up', 1_000);
      expect([last.slowAt, last.slowLeft, last.provenAt]).toEqual([undefined, undefined, at(1_000)]);
      const after = await note('up', 1_010, 10);
      expect([after.slowAt, after.slowLeft]).toEqual([undefined, undefined]);
    },
  );

  it.each([
    ['slow', 6_000],
    ['hanging', 5_000],
    ['down', 1_001],
  ] as const)('a limiter counts anew after a request that was %s after %i ms', async (health, took) => {
    for (const hasSlot of [false, true]) {
      const { note, request } = await setUp();
      await note('slow', 0);
      await request('up', 10);
      await note('up', 20, 10);

      const again = await (hasSlot ? request(health, 30, took) : note(health, 30, took));

      expect(again).toMatchObject({ slowAt: at(30), slowLeft: quickAgainAfter });
    }
  });

  it('a limiter does not take a failure for slow that came within a second', async () => {
    const { note, request } = await setUp();

    expect(isSidelined(await note('down', 0, 1_000))).toBe(false);
    expect(isSidelined(await request('down', 10, 1_000))).toBe(false);
    expect(isSidelined(await request('refusing', 20, 1_000))).toBe(false);
  });

  it('a limiter counts each of two quick successes that end at once, and never below none', async () => {
    const { limiter, limiterKey, slotOf, take, note } = await setUp();
    const both = async (now: number) => {
      await take('slot0', now, now + 100);
      await take('slot1', now, now + 100);
      await Promise.all(
        ['slot0', 'slot1'].map((name) =>
          limiter.leave(slotOf(name, now + 100), 'up', at(now + 10), millis(10)),
        ),
      );
      return limiter.read(limiterKey);
    };
    await note('slow', 0);
    await note('up', 1, 10);

    expect(await both(100)).toMatchObject({ slowLeft: quickAgainAfter - 3 });
    for (let now = 200; now < 200 + 100 * ((quickAgainAfter - 4) / 2); now += 100) await both(now);
    expect(await limiter.read(limiterKey)).toMatchObject({ slowAt: at(0), slowLeft: 1 });
    const last = await both(5_000);
    expect([last.slowAt, last.slowLeft, last.slots]).toEqual([undefined, undefined, {}]);
  });

  it('a limiter notes a request that hangs as neither a failure nor a success, and gives no further slots then', async () => {
    const { limiter, slotOf, take, request } = await setUp();
    await request('up', 10);
    const failed = await request('down', 20);
    await request('refusing', 30);
    expect(await take('slot1', 40, 5_040, undefined, true)).toMatchObject({ ok: true });

    const hung = await limiter.leave(slotOf('slot1', 5_040), 'hanging', at(5_040), millis(5_000));

    expect(hung).toMatchObject({
      failures: 0,
      failingSince: failed.failingSince,
      failedAt: at(30),
      slots: {},
    });
    expect(hung.provenAt).toBeUndefined();
    expect(await take('slot2', 5_050, 6_050, undefined, true)).toMatchObject({ ok: false });
    expect(await take('slot0', 5_050, 6_050)).toMatchObject({ ok: true });
  });

  it('a limiter notes that a request hangs whose slot another worker has by now', async () => {
    const { limiter, slotOf, take } = await setUp();
    await take('slot0', 0, 1_000);
    await take('slot0', 1_000, 9_000);

    expect(await limiter.leave(slotOf('slot0', 1_000), 'hanging', at(5_000), millis(5_000))).toMatchObject({
      slowAt: at(5_000),
      slowLeft: quickAgainAfter,
      slots: { 0: at(9_000) },
    });
  });

  it('a limiter tells each probe how many failed before it, until one succeeds, and does not count one that was not sent', async () => {
    const { limiter, limiterKey, slotOf, request } = await setUp();
    /** @returns how many failed before it */
    const probe = async (seen: number, now: number, health: EndpointHealth | undefined, took?: number) => {
      const until = now + 10_000;
      const { ok, state } = await limiter.probe(limiterKey, at(seen), at(until));
      expect(ok).toBe(true);
      const slot = slotOf('probe', until, true);
      const ended = now + (took ?? 0);
      await limiter.leave(slot, health, at(ended), took === undefined ? undefined : millis(took));
      if (health === 'down') await limiter.open(slot, at(ended + 30_000), at(ended));
      return state.probes;
    };
    await request('down', 10);
    await limiter.open(slotOf('slot0', 11), at(1_000), at(10));

    expect(await probe(1_000, 1_000, 'down', 5_000)).toBe(0);
    expect(await probe(36_000, 36_000, undefined)).toBe(1);
    expect(await probe(36_000, 36_001, 'down', 10_000)).toBe(1);
    expect(await probe(76_001, 80_000, 'up', 900)).toBe(2);

    // It hung until then, so it stays sidelined.
    const closed = await limiter.read(limiterKey);
    expect(closed).toMatchObject({
      probes: 0,
      failures: 0,
      slowAt: at(46_001),
      slowLeft: quickAgainAfter - 1,
    });
    expect(closed.openUntil).toBeUndefined();
    await request('down', 90_000);
    await limiter.open(slotOf('slot0', 90_001), at(91_000), at(90_000));
    expect(await probe(91_000, 91_000, 'up', 10)).toBe(0);
  });

  it('a limiter that is reset forgets that its endpoint was slow', async () => {
    const { limiter, limiterKey, note } = await setUp();
    await note('hanging', 0);
    await note('up', 10, 10);

    await limiter.reset(limiterKey);

    const state = await limiter.read(limiterKey);
    expect([isSidelined(state), state.slowLeft]).toEqual([false, undefined]);
    expect(isSidelined(await note('up', 20, 10))).toBe(false);
    expect(await note('slow', 30, 6_000)).toMatchObject({ slowLeft: quickAgainAfter });
  });
}
