import { Duration } from 'aws-cdk-lib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alarmsOf, type SynthesisedAlarm } from './support/alarms.ts';
import { evaluate, type Series, stateAfter } from './support/metric-math.ts';
import { synth } from './support/synth.ts';

const sources = { stripe: { provider: 'stripe', quietAfter: Duration.hours(1) } } as const;
const alarms = alarmsOf(synth({ sources }));
const alarmAt = (path: string): SynthesisedAlarm => {
  const found = alarms.find((alarm) => alarm.path === path);
  if (found === undefined) throw new Error(`no alarm at ${path}`);
  return found;
};

/** CloudWatch looks a little further back than the periods of the alarm. */
const lookBack = 3;

/** The states of an alarm, period by period, as its metrics come in. */
function statesOf(alarm: SynthesisedAlarm, metrics: Readonly<Record<string, Series>>): string[] {
  const length = Math.max(...Object.values(metrics).map((series) => series.length));
  const states: ('OK' | 'ALARM')[] = [];
  for (let now = 1; now <= length; now++) {
    const from = Math.max(0, now - alarm.periods - lookBack);
    const seen = Object.entries(metrics).map(([id, series]) => [id, series.slice(from, now)] as const);
    const values = evaluate(alarm.expression ?? '', Object.fromEntries(seen));
    states.push(stateAfter(states.at(-1) ?? 'OK', values, alarm));
  }
  return states;
}

const none = (count: number): undefined[] => Array.from({ length: count }, () => undefined);
const ones = (count: number): number[] => Array.from({ length: count }, () => 1);
const ringsAt = (states: readonly string[]): number[] =>
  states.flatMap((state, at) => (state === 'ALARM' && states[at - 1] !== 'ALARM' ? [at] : []));

describe('SweepSilent', () => {
  const alarm = alarmAt('Monitoring/SweepSilent');

  test('is silent while a first deploy has not begun to sweep, and when it begins', () => {
    expect(ringsAt(statesOf(alarm, { signs: [...none(60), ...ones(30)] }))).toEqual([]);
  });

  test('rings in the fifth silent minute, stays on for hours, and ends when sweeps are back', () => {
    const states = statesOf(alarm, { signs: [...ones(30), ...none(300), ...ones(30)] });

    expect(ringsAt(states)).toEqual([34]);
    expect(states.slice(34, 330)).not.toContain('OK');
    expect(states.at(-1)).toBe('OK');
  });

  test('takes no notice of a count that comes late, nor of two runs that failed to start', () => {
    expect(ringsAt(statesOf(alarm, { signs: [...ones(20), ...none(2), ...ones(20), undefined] }))).toEqual(
      [],
    );
  });
});

describe('SourceQuiet', () => {
  const alarm = alarmAt('Monitoring/Source-stripe/SourceQuiet');

  test('never rings before the first event', () => {
    expect(ringsAt(statesOf(alarm, { signs: none(400) }))).toEqual([]);
    expect(ringsAt(statesOf(alarm, { signs: [...none(400), 3] }))).toEqual([]);
  });

  test('rings an hour after the last event, stays on, and ends with the next', () => {
    const states = statesOf(alarm, { signs: [4, ...none(100), 1, ...none(5)] });

    expect(ringsAt(states)).toEqual([12]);
    expect(states.slice(12, 101)).not.toContain('OK');
    expect(states[101]).toBe('OK');
  });

  test('does not ring for pauses that are shorter', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(gaps, (all) => {
        const signs = all.flatMap((gap) => [2, ...none(gap)]);
        expect(ringsAt(statesOf(alarm, { signs }))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('DlqAlarm', () => {
  const alarm = alarmAt('Source-stripe/Work/DlqAlarm');
  const states = (visible: Series, hidden: Series = visible.map(() => 0), sent: Series = []) =>
    statesOf(alarm, { visible, hidden, sent: visible.map((_, at) => sent[at]) });

  test('rings for letters that SQS moves, once, and again for new ones while the first lie there', () => {
    expect(ringsAt(states([0, 0, 1, 1, 1, 1, 1, 4, 4, 4]))).toEqual([2, 7]);
  });

  test('rings for the first letter of a queue that had no data', () => {
    expect(ringsAt(states([...none(10), 1, 1, 1]))).toEqual([10]);
  });

  test('rings for a letter of our own even while more are redriven', () => {
    expect(ringsAt(states([9, 9, 4, 0], [0, 0, 0, 0], [0, 0, 1, 0]))).toEqual([2]);
  });

  test('is silent when letters are listed, redriven, dropped, or just lie there', () => {
    const queue = fc.integer({ min: 0, max: 500 }).chain((letters) =>
      fc
        .array(
          fc.record({
            hidden: fc.double({ min: 0, max: 1, noNaN: true }),
            gone: fc.integer({ min: 0, max: 40 }),
          }),
          {
            minLength: 1,
            maxLength: 30,
          },
        )
        .map((steps) => ({ letters, steps })),
    );
    fc.assert(
      fc.property(queue, ({ letters, steps }) => {
        let left = letters;
        const [visible, hidden] = [[letters], [0]];
        for (const step of steps) {
          left = Math.max(0, left - step.gone);
          // Averages of a period: letters were hidden for a part of it.
          hidden.push(left * step.hidden);
          visible.push(left - left * step.hidden);
        }
        // It lay there before.
        expect(ringsAt(states([letters, ...visible], [0, ...hidden])).filter((at) => at > 0)).toEqual([]);
      }),
    );
  });
});

describe('a share', () => {
  const states = (path: string, metrics: Readonly<Record<string, Series>>) =>
    ringsAt(statesOf(alarmAt(path), metrics));
  const steady = (value: number) => Array.from({ length: 6 }, () => value);

  test('of attempts that fail rings where most of many do, without one that succeeds, too', () => {
    const path = 'Monitoring/AttemptsFail';

    expect(states(path, { failed: steady(500), succeeded: none(6) })).toEqual([2]);
    expect(states(path, { failed: steady(90), succeeded: steady(5) })).toEqual([]);
    expect(states(path, { failed: steady(300), succeeded: steady(200) })).toEqual([]);
  });

  test('of endpoints that are down rings for many, not for one customer', () => {
    const path = 'Monitoring/EndpointsDown';

    expect(states(path, { down: steady(4), known: steady(10) })).toEqual([2]);
    expect(states(path, { down: steady(1), known: steady(1) })).toEqual([]);
    expect(states(path, { down: steady(4), known: steady(100) })).toEqual([]);
    expect(states(path, { down: steady(0), known: steady(0) })).toEqual([]);
  });

  test('of 401 and of 4xx needs more than a few', () => {
    expect(states('Monitoring/SignatureRefusals', { refused: [3, 40], requests: [3, 1_000] })).toEqual([1]);
    expect(states('Monitoring/SignatureRefusals', { refused: [40, 40], requests: [9_000, 9_000] })).toEqual(
      [],
    );
    expect(states('Monitoring/GatewayRefusals', { refused: steady(80), requests: steady(100) })).toEqual([2]);
    expect(states('Monitoring/GatewayRefusals', { refused: steady(40), requests: steady(40) })).toEqual([]);
  });
});

describe('ConsumerFails', () => {
  const alarm = alarmAt('Source-stripe/Work/ConsumerFails');

  test('rings for a consumer that cannot start, also with one event that comes back every six minutes', () => {
    expect(ringsAt(statesOf(alarm, { m0: [1, 1, 1], m1: none(3) }))).toEqual([1]);
    expect(ringsAt(statesOf(alarm, { m0: [1, undefined, 1], m1: none(3) }))).toEqual([2]);
    expect(ringsAt(statesOf(alarm, { m0: none(3), m1: [undefined, 7, 9] }))).toEqual([2]);
  });

  test('is silent for one crash', () => {
    expect(ringsAt(statesOf(alarm, { m0: [0, 1, 0, 0, 0, 0, 0, 1, 0], m1: none(9) }))).toEqual([]);
  });
});
