import { expect, it } from 'vitest';
import { isSidelined, quickAgainAfter } from '../../../lambdas/domain/limiter.ts';
import type { EndpointHealth, LimiterStore, Shown } from '../../../lambdas/domain/limiter-store.ts';
import { type Millis, millis } from '../../../lambdas/domain/time.ts';
import { at, leasesOf, limits, testedLimiter } from './limiter-fixture.ts';

const quickly = millis(10);

/** What a limiter must do so that slow endpoints are sidelined, and quick ones are not. @param make each call may share one table */
export function limiterSidelineContract(make: () => Promise<LimiterStore>): void {
  async function setUp() {
    const tested = await testedLimiter(make);
    const { limiter, limiterKey, held, leave } = tested;
    return {
      ...tested,
      read: () => limiter.read(limiterKey),
      note: (health: EndpointHealth, now: number, took?: Millis) =>
        limiter.note(limiterKey, { health, failures: health === 'down' ? 1 : 0, limits, took }, at(now)),
      /** Takes a slot and releases it. */
      request: async (health: EndpointHealth, now: number, took = quickly) =>
        leave(await held(now, now + 1), { health, took }, now),
    };
  }

  it.each(['slow', 'hanging'] as const)(
    'a limiter counts the quick successes of a %s endpoint, with and without slots, and forgets after the last that it was slow',
    async (health) => {
      const { note, request } = await setUp();
      expect(await note(health, 0)).toMatchObject({ slowAt: at(0), slowLeft: quickAgainAfter });

      for (let left = quickAgainAfter - 1; left > 0; left--) {
        const now = 10 * (quickAgainAfter - left);
        const state = await (left % 2 === 0 ? request('up', now) : note('up', now, quickly));
        expect(state).toMatchObject({ slowAt: at(0), slowLeft: left, provenAt: at(now), failures: 0 });
      }
      const last = await request('up', 1_000);
      expect([last.slowAt, last.slowLeft, last.provenAt]).toEqual([undefined, undefined, at(1_000)]);
      const after = await note('up', 1_010, quickly);
      expect([after.slowAt, after.slowLeft]).toEqual([undefined, undefined]);
    },
  );

  it.each([
    ['slow', millis(6_000)],
    ['hanging', millis(5_000)],
    ['down', millis(1_001)],
  ] as const)('a limiter counts anew after a request that was %s after %i ms', async (health, took) => {
    for (const hasSlot of [false, true]) {
      const { note, request } = await setUp();
      await note('slow', 0);
      await request('up', 10);
      await note('up', 20, quickly);

      const again = await (hasSlot ? request(health, 30, took) : note(health, 30, took));

      expect(again).toMatchObject({ slowAt: at(30), slowLeft: quickAgainAfter });
    }
  });

  it.each(['refusing', 'down'] as const)(
    'a limiter neither counts nor begins anew after a quick request between quick successes that was %s',
    async (health) => {
      const { note, request } = await setUp();
      await note('slow', 0);
      await note('up', 10, quickly);
      const left = quickAgainAfter - 1;

      expect(await request(health, 20)).toMatchObject({ slowAt: at(0), slowLeft: left });
      expect(await note(health, 30, quickly)).toMatchObject({ slowAt: at(0), slowLeft: left });
      expect(await request('up', 40)).toMatchObject({ slowAt: at(0), slowLeft: left - 1 });
    },
  );

  it('a limiter does not take a failure for slow that came within a second', async () => {
    const { note, request } = await setUp();
    const aSecond = millis(1_000);

    expect(isSidelined(await note('down', 0, aSecond))).toBe(false);
    expect(isSidelined(await request('down', 10, aSecond))).toBe(false);
    expect(isSidelined(await request('refusing', 20, aSecond))).toBe(false);
  });

  it('a limiter counts each of two quick successes that end at once, and never below none', async () => {
    const { held, leave, note, read } = await setUp();
    const two = async (now: number) => {
      const slots = [await held(now, now + 100), await held(now, now + 100)];
      await Promise.all(slots.map((slot) => leave(slot, { health: 'up', took: quickly }, now + 10)));
      return read();
    };
    await note('slow', 0);
    await note('up', 1, quickly);

    for (let left = quickAgainAfter - 3; left > 0; left -= 2)
      expect(await two(1_000 - 10 * left)).toMatchObject({ slowAt: at(0), slowLeft: left });
    const last = await two(2_000);
    expect([last.slowAt, last.slowLeft]).toEqual([undefined, undefined]);
  });

  it('a limiter notes a request that hangs as neither a failure nor a success', async () => {
    const { held, leave, request } = await setUp();
    const { failingSince } = await request('down', 10);
    await request('down', 20);

    const slot = await held(30, 5_030);
    const hung = await leave(slot, { health: 'hanging', took: millis(5_000) }, 5_030);

    expect(hung).toMatchObject({ failures: 2, failingSince, failedAt: at(20), slowAt: at(5_030) });
    expect(await request('up', 5_040)).toMatchObject({ failures: 0, provenAt: at(5_040) });
    const again = await leave(await held(5_050, 9_000), { health: 'hanging', took: millis(5_000) }, 8_000);
    expect([again.failures, again.failingSince, again.provenAt]).toEqual([0, undefined, undefined]);
  });

  it('a limiter notes that a request hangs whose slot another worker has by now', async () => {
    const { held, leave, take } = await setUp();
    const late = await held(0, 1_000);
    await held(1_000, 9_000, { ended: leasesOf(late) });

    const hung = await leave(late, { health: 'hanging', took: millis(5_000) }, 5_000);

    expect(hung).toMatchObject({ slowAt: at(5_000), slowLeft: quickAgainAfter });
    await held(5_010, 6_000);
    expect(await take(5_020, 6_000)).toMatchObject({ ok: false });
  });

  it('a limiter tells each probe how many failed before it, until one succeeds, and does not count one that was not sent', async () => {
    const { leave, open, probe, probeUntil, read, request } = await setUp();
    /** @returns how many failed before it */
    const probeAt = async (now: number, seenOpenUntil: number, shown: Shown | undefined) => {
      const until = now + 20_000;
      const { ok, state } = await probe(seenOpenUntil, until);
      expect(ok).toBe(true);
      const end = now + (shown?.took ?? 0);
      await leave(probeUntil(until), shown, end);
      if (shown?.health === 'down') await open(end + 30_000, end, until);
      return state.probes;
    };
    await request('down', 10);
    await open(1_000, 10);

    expect(await probeAt(1_000, 1_000, { health: 'down', took: millis(5_000) })).toBe(0);
    expect(await probeAt(36_000, 36_000, undefined)).toBe(1);
    expect(await probeAt(36_001, 36_000, { health: 'down', took: millis(10_000) })).toBe(1);
    expect(await probeAt(80_000, 76_001, { health: 'up', took: quickly })).toBe(2);

    // It hung until then, so it stays sidelined.
    const closed = await read();
    expect(closed).toMatchObject({ probes: 0, slowAt: at(46_001), slowLeft: quickAgainAfter - 1 });
    expect(closed.openUntil).toBeUndefined();
    await request('down', 90_000);
    await open(91_000, 90_000);
    expect(await probeAt(91_000, 91_000, { health: 'up', took: quickly })).toBe(0);
  });

  it('a limiter that is reset forgets that its endpoint was slow', async () => {
    const { limiter, limiterKey, note } = await setUp();
    await note('hanging', 0);
    await note('up', 10, quickly);

    await limiter.reset(limiterKey);

    const state = await limiter.read(limiterKey);
    expect([isSidelined(state), state.slowLeft]).toEqual([false, undefined]);
    expect(isSidelined(await note('up', 20, quickly))).toBe(false);
    expect(await note('slow', 30, millis(6_000))).toMatchObject({ slowLeft: quickAgainAfter });
  });
}
