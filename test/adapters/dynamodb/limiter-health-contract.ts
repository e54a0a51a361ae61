import { expect, it } from 'vitest';
import type { LimiterStore, Shown } from '../../../lambdas/domain/limiter-store.ts';
import { at, leasesOf, testedLimiter } from './limiter-fixture.ts';

/** What a limiter must learn from requests. @param make each call may share one table */
export function limiterHealthContract(make: () => Promise<LimiterStore>): void {
  const setUp = () => testedLimiter(make);

  it('a limiter counts failures in a row and remembers since when nothing succeeded', async () => {
    const { held, leave } = await setUp();
    const show = async (health: 'up' | 'refusing' | 'down' | undefined, time: number) =>
      leave(await held(time, time + 1), health, time);

    expect(await show('down', 10)).toMatchObject({ failures: 1, failingSince: at(10) });
    expect(await show('down', 20)).toMatchObject({ failures: 2, failingSince: at(10) });
    expect(await show(undefined, 25)).toMatchObject({ failures: 2 });
    expect(await show('refusing', 30)).toMatchObject({
      failures: 0,
      failingSince: at(10),
      failedAt: at(30),
    });
    expect(await show('down', 1029)).toMatchObject({ failures: 1, failingSince: at(10) });
    const up = await show('up', 1040);
    expect(up.failures).toBe(0);
    expect([up.failingSince, up.failedAt]).toEqual([undefined, undefined]);
  });

  it('a limiter records several requests that ended together as if each were recorded', async () => {
    const { held, leave } = await setUp();
    const show = async (shown: Shown, time: number) => leave(await held(time, time + 1), shown, time);

    expect(await show({ health: 'down', failures: 3 }, 10)).toMatchObject({
      failures: 3,
      failingSince: at(10),
    });
    expect(await show({ health: 'down', failures: 2, after: 'refusal' }, 20)).toMatchObject({
      failures: 2,
      failingSince: at(10),
    });
    const again = await show({ health: 'down', failures: 4, after: 'success' }, 30);
    expect(again).toMatchObject({ failures: 4, failingSince: at(30), failedAt: at(30) });
    expect(again.provenAt).toBeUndefined();
    expect(await show({ health: 'refusing', after: 'success' }, 40)).toMatchObject({
      failures: 0,
      failingSince: at(40),
      provenAt: at(40),
    });
  });

  it('a limiter starts over after a pause as long as the time to disable, regardless of which request comes first', async () => {
    const { held, leave } = await setUp();
    const late = await held(5, 6);
    await leave(await held(10, 11), 'down', 10);

    const [one, other] = [await held(1020, 1021, { ended: leasesOf(late) }), await held(1020, 1021)];
    const both = await Promise.all([leave(one, 'down', 1020), leave(other, 'refusing', 1020)]);

    expect(both.map(({ failingSince }) => failingSince)).toEqual([at(1020), at(1020)]);
    // Another worker has the slot by now.
    expect(await leave(late, 'down', 3000)).toMatchObject({ failingSince: at(3000) });
    expect(await leave(late, 'down', 3001)).toMatchObject({ failingSince: at(3000) });
  });

  it('a limiter counts twenty quick successes after a slow one, those of one write, too', async () => {
    const { held, leave } = await setUp();
    const show = async (shown: Shown | Shown['health'], time: number) => {
      const { slowAt, slowLeft } = await leave(await held(time, time + 1), shown, time);
      return [slowAt, slowLeft];
    };

    expect(await show('slow', 10)).toEqual([at(10), 20]);
    expect(await show('up', 20)).toEqual([at(10), 19]);
    expect(await show({ health: 'up', quick: 8 }, 30)).toEqual([at(10), 11]);
    expect(await show({ health: 'down', after: 'success', quick: 2 }, 40)).toEqual([at(10), 9]);
    expect(await show({ health: 'refusing', after: 'success', quick: 3 }, 50)).toEqual([at(10), 6]);
    expect(await show('refusing', 60)).toEqual([at(10), 6]);
    expect(await show({ health: 'up', quick: 6 }, 70)).toEqual([undefined, undefined]);
    expect(await show({ health: 'up', isSlow: true, quick: 3 }, 80)).toEqual([at(80), 17]);
    expect(await show({ health: 'up', quick: 18 }, 90)).toEqual([undefined, undefined]);
    expect(await show({ health: 'up', isSlow: true, quick: 20 }, 100)).toEqual([undefined, undefined]);
  });

  it('a limiter takes an endpoint whose last request hangs for one that has not answered, and counts no failure', async () => {
    const { held, leave } = await setUp();
    const show = async (shown: Shown | Shown['health'], time: number) => {
      const { failures, provenAt, slowAt } = await leave(await held(time, time + 1), shown, time);
      return { failures, provenAt, slowAt };
    };
    await show('up', 10);

    expect(await show('hanging', 20)).toEqual({ failures: 0, provenAt: undefined, slowAt: at(20) });
    for (const health of ['up', 'slow', 'refusing'] as const) {
      expect(await show(health, 30)).toMatchObject({ provenAt: at(30) });
      const ended = await show({ health, isSlow: true, quick: 0, endsHanging: true }, 40);
      expect(ended).toEqual({ failures: 0, provenAt: undefined, slowAt: at(40) });
    }
  });
}
