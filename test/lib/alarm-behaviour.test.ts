import { Duration } from 'aws-cdk-lib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Series, statesOf } from './support/alarm-states.ts';
import { alarmsOf, type SynthesisedAlarm } from './support/alarms.ts';
import { synth } from './support/synth.ts';

const alarms = alarmsOf(
  synth({ sources: { stripe: { provider: 'stripe' }, small: { provider: 'shopify' } } }),
);
function quietAlarm(quietAfter: Duration): SynthesisedAlarm {
  const [found] = alarmsOf(synth({ sources: { stripe: { provider: 'stripe', quietAfter } } })).filter(
    ({ path }) => path.endsWith('SourceQuiet'),
  );
  if (found === undefined) throw new Error('no SourceQuiet');
  return found;
}
const alarmAt = (path: string): SynthesisedAlarm => {
  const found = alarms.find((alarm) => alarm.path === path);
  if (found === undefined) throw new Error(`no alarm at ${path}`);
  return found;
};

const none = (count: number): undefined[] => Array.from({ length: count }, () => undefined);
const ones = (count: number): number[] => Array.from({ length: count }, () => 1);
const ringsAt = (states: readonly string[]): number[] =>
  states.flatMap((state, at) => (state === 'ALARM' && states[at - 1] !== 'ALARM' ? [at] : []));

describe('SweepSilent', () => {
  const alarm = alarmAt('Monitoring/SweepSilent');
  /** Beside sweeps: the publish queue is measured from the deploy on. */
  const states = (signs: Series, alive: Series = ones(signs.length)) => statesOf(alarm, { signs, alive });

  test('SweepSilent is silent before the first sweep of a first deploy, and when sweeps begin', () => {
    expect(ringsAt(states([...none(55), ...ones(30)]))).toEqual([]);
    expect(ringsAt(states([...none(100), ...ones(30)], [...none(50), ...ones(80)]))).toEqual([]);
  });

  test('SweepSilent rings an hour after the deploy for a sweep that never runs, until it does', () => {
    const all = states([...none(300), ...ones(5)], [...none(20), ...ones(285)]);

    expect(ringsAt(all)).toEqual([79]);
    expect(all.slice(79, 300)).not.toContain('OK');
    expect(all[300]).toBe('OK');
  });

  test('SweepSilent rings in the fifth silent minute, stays on for hours, and ends when sweeps are back', () => {
    const all = states([...ones(30), ...none(300), ...ones(30)]);

    expect(ringsAt(all)).toEqual([34]);
    expect(all.slice(34, 330)).not.toContain('OK');
    expect(all[330]).toBe('OK');
  });

  test('SweepSilent rings, too, if the queue is not measured', () => {
    expect(ringsAt(states([...ones(30), ...none(300)], none(330)))).toEqual([34]);
  });

  test('SweepSilent ignores a late count, and single runs that failed to start', () => {
    const gap = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(fc.array(gap, { minLength: 1, maxLength: 40 }), (gaps) => {
        expect(ringsAt(states(gaps.flatMap((count) => [1, ...none(count)])))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe.each([
  ['15 minutes', Duration.minutes(15), 3],
  ['an hour', Duration.hours(1), 12],
  ['23 hours', Duration.hours(23), 276],
  ['6 days', Duration.days(6), 144],
])('SourceQuiet after %s', (_, quietAfter, silent) => {
  const alarm = quietAlarm(quietAfter);
  const states = (signs: Series) => statesOf(alarm, { signs });

  test('SourceQuiet never rings before the first event', () => {
    expect(ringsAt(states([...none(silent + 40), 3]))).toEqual([]);
  });

  test('SourceQuiet rings when its time is over, stays on, and ends with the next event', () => {
    const all = states([4, ...none(2 * silent + 40), 1, ...none(2)]);

    expect(ringsAt(all)).toEqual([silent]);
    expect(all.slice(silent, 2 * silent + 41)).not.toContain('OK');
    expect(all[2 * silent + 41]).toBe('OK');
  });

  test('SourceQuiet does not ring for shorter pauses, which do not add up', () => {
    const pause = [2, ...none(silent - 1)];

    expect(ringsAt(states([...pause, 1, 1, ...pause, ...pause, 1]))).toEqual([]);
  });
});

test('SourceQuiet rings for no shorter pauses of any lengths', () => {
  const alarm = quietAlarm(Duration.hours(1));
  const gaps = fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(gaps, (all) => {
      const signs = all.flatMap((gap) => [2, ...none(gap)]);
      expect(ringsAt(statesOf(alarm, { signs }))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

describe('a share', () => {
  const states = (path: string, metrics: Readonly<Record<string, Series>>) =>
    ringsAt(statesOf(alarmAt(path), metrics));
  const steady = (value: number) => Array.from({ length: 6 }, () => value);

  test('a share of failed attempts rings if most of many fail, even without any success', () => {
    const path = 'Monitoring/AttemptsFail';

    expect(states(path, { failed: steady(500), succeeded: none(6) })).toEqual([2]);
    expect(states(path, { failed: steady(90), succeeded: steady(5) })).toEqual([]);
    expect(states(path, { failed: steady(300), succeeded: steady(200) })).toEqual([]);
  });

  test('a share of endpoints that are down rings for many, and not for one customer', () => {
    const path = 'Monitoring/EndpointsDown';

    expect(states(path, { down: steady(4), known: steady(10) })).toEqual([2]);
    expect(states(path, { down: steady(1), known: steady(1) })).toEqual([]);
    expect(states(path, { down: steady(4), known: steady(100) })).toEqual([]);
    expect(states(path, { down: steady(0), known: steady(0) })).toEqual([]);
  });

  test('a share of 4xx responses needs more than a few', () => {
    expect(states('Monitoring/GatewayRefusals', { refused: steady(80), requests: steady(100) })).toEqual([2]);
    expect(states('Monitoring/GatewayRefusals', { refused: steady(40), requests: steady(40) })).toEqual([]);
  });
});

describe('LimitWait', () => {
  const alarm = { ...alarmAt('Monitoring/LimitWait'), expression: 'm' };
  const states = (...m: readonly (number | undefined)[]) => ringsAt(statesOf(alarm, { m }));

  test('LimitWait rings while more and more deliveries wait over a quarter of an hour', () => {
    expect(states(100, 500, 901, 1_500, 2_000, 3_000)).toEqual([4]);
    expect(states(800, 900, 900, 900, 900)).toEqual([]);
  });

  test('LimitWait is silent for a burst, which is deferred once, however long it takes', () => {
    expect(states(undefined, 7_200, 7_200, undefined, undefined, 5_000)).toEqual([]);
  });
});

describe('ConsumerFails', () => {
  const alarm = alarmAt('Source-stripe/Work/ConsumerFails');

  test('ConsumerFails rings for a consumer that cannot start, even with one event that comes back every six minutes', () => {
    expect(ringsAt(statesOf(alarm, { m0: [1, 1, 1], m1: none(3) }))).toEqual([1]);
    expect(ringsAt(statesOf(alarm, { m0: [1, undefined, 1], m1: none(3) }))).toEqual([2]);
    expect(ringsAt(statesOf(alarm, { m0: none(3), m1: [undefined, 7, 9] }))).toEqual([2]);
  });

  test('ConsumerFails is silent for one crash', () => {
    expect(ringsAt(statesOf(alarm, { m0: [0, 1, 0, 0, 0, 0, 0, 1, 0], m1: none(9) }))).toEqual([]);
  });
});

describe('SourceRefusals', () => {
  const states = (one: [number?, number?], other: [number?, number?] = [undefined, 10_000]) =>
    statesOf(alarmAt('Monitoring/SourceRefusals'), {
      r0: [other[0]],
      a0: [other[1]],
      r1: [one[0]],
      a1: [one[1]],
    }).at(-1);

  test('SourceRefusals rings for a small source whose requests are all refused, beside a large one', () => {
    expect(states([3, undefined])).toBe('ALARM');
    expect(states([3, undefined], [undefined, undefined])).toBe('ALARM');
    expect(states([20, undefined], [150, 10_000])).toBe('ALARM');
  });

  test('SourceRefusals rings for a large source if a part of its requests is refused', () => {
    expect(states([undefined, 5], [250, 10_000])).toBe('ALARM');
  });

  test('SourceRefusals is silent for a few forged requests, and without data', () => {
    expect(states([2, undefined])).toBe('OK');
    expect(states([undefined, 5], [40, 10_000])).toBe('OK');
    expect(states([undefined, undefined], [undefined, undefined])).toBe('OK');
  });
});

describe('a sum over functions', () => {
  test('a sum over functions rings for one of them, even if another was never used', () => {
    const idle = { m0: none(1), m1: none(1), m3: none(1) };

    expect(statesOf(alarmAt('Monitoring/ReceiverFails'), { ...idle, m2: [1] })).toEqual(['ALARM']);
  });
});

describe('WorkErrored', () => {
  const windowOf = (path: string, among = alarms) => {
    const found = among.find((alarm) => alarm.path === path);
    return [found?.periods, found?.ofWhich];
  };

  test('WorkErrored of a fast function does not wait for a slow handler, nor add up faults hours apart', () => {
    const slow = { provider: 'stripe', handlerTimeout: Duration.minutes(14) } as const;
    const mixed = alarmsOf(synth({ sources: { slow, shop: { provider: 'shopify' } } }));

    expect(windowOf('Monitoring/Publish/WorkErrored', mixed)).toEqual([5, 2]);
    expect(windowOf('Monitoring/Deliver/WorkErrored', mixed)).toEqual([5, 2]);
    expect(windowOf('Monitoring/Sweep/WorkErrored', mixed)).toEqual([3, 2]);
    expect(windowOf('Monitoring/Consume/WorkErrored', mixed)).toEqual([5, 2]);
    expect(windowOf('Monitoring/Consume-2/WorkErrored', mixed)).toEqual([36, 2]);
  });

  test('WorkErrored rings for one message that keeps coming back, and not for one moment', () => {
    const alarm = alarmAt('Monitoring/Publish/WorkErrored');

    expect(ringsAt(statesOf(alarm, { m0: [1, undefined, 1] }))).toEqual([2]);
    expect(ringsAt(statesOf(alarm, { m0: [9, ...none(6), 1] }))).toEqual([]);
  });
});
