import { describe, expect, test } from 'vitest';
import { simulateArrivals } from '../../bench/scale/arrivals.ts';
import {
  type Behaviour,
  type QueueRule,
  queueRules,
  simulateDeliveries,
} from '../../bench/scale/deliveries.ts';
import { simulateHanging } from '../../bench/scale/hanging.ts';
import { simulateOutage } from '../../bench/scale/outage.ts';
import { hangingSettings } from '../../bench/scale/scenarios.ts';

const well: Behaviour = () => ({ ms: 200, ok: true });

function countsOf(
  behaviours: readonly Behaviour[],
  more: { readonly rule?: QueueRule; readonly seed?: number } = {},
) {
  const counts = { attempted: 0, deferred: 0, delivered: 0, failed: 0, unfinished: 0 };
  const latencies: number[] = [];
  simulateDeliveries(
    { seed: 1, behaviours, perSecond: 10, forSeconds: 120, maxConcurrency: 50, rule: 'cut', ...more },
    {
      attempted: () => void counts.attempted++,
      deferred: () => void counts.deferred++,
      failed: () => void counts.failed++,
      delivered({ createdAt }, at) {
        counts.delivered++;
        latencies.push(at - createdAt);
      },
      second(_, { unfinished }) {
        counts.unfinished = unfinished;
      },
    },
  );
  return { ...counts, latencies };
}

describe('simulated deliveries', () => {
  test('simulated deliveries to a healthy endpoint take one attempt each, as long as it answers', () => {
    const { attempted, deferred, delivered, failed, latencies } = countsOf([well, well]);

    expect({ deferred, failed }).toEqual({ deferred: 0, failed: 0 });
    expect(attempted - delivered).toBeLessThan(10);
    expect(Math.min(...latencies)).toBeCloseTo(200);
  });

  test('simulated deliveries are the same for the same seed, and others for another', () => {
    const flaky: Behaviour = (now) => ({ ms: 100, ok: Math.floor(now / 7_000) % 2 === 0 });

    expect(countsOf([well, flaky])).toEqual(countsOf([well, flaky]));
    expect(countsOf([well, flaky], { seed: 2 })).not.toEqual(countsOf([well, flaky]));
  });

  test('simulated deliveries to an endpoint that is down wait for its probes, and use up no attempts', () => {
    const { attempted, deferred, failed } = countsOf([() => ({ ms: 50, ok: false })]);

    expect(failed).toBe(0);
    expect(attempted).toBeLessThan(20);
    expect(deferred).toBeGreaterThan(500);
  });

  test('simulated deliveries are lost under no rule', () => {
    const hangs: Behaviour = () => ({ ms: 1e9, ok: false });
    for (const rule of queueRules) {
      const { delivered, failed, unfinished } = countsOf([well, hangs], { rule });
      // The last event comes just before or after the last second.
      expect(Math.abs(delivered + failed + unfinished - 1_201), rule).toBeLessThanOrEqual(2);
    }
  });
});

describe('the scenarios of docs/scale.md, made small', () => {
  test('an outage leaves deliveries that wait, and all of them go out after its end', () => {
    const { most, failed, drainedAfter, firstAfter } = simulateOutage({
      seed: 1,
      endpoints: 20,
      perSecond: 20,
      share: 0.1,
      from: 30,
      to: 330,
      forSeconds: 900,
      maxConcurrency: 50,
    });

    expect(most).toBeGreaterThan(500);
    expect(failed).toBe(0);
    expect(firstAfter).toBeGreaterThan(0);
    expect(drainedAfter).toBeGreaterThan(firstAfter ?? 0);
  });

  test('endpoints that hang delay healthy ones less with a sideline queue, and least with a short deadline in the first', () => {
    const worst = (rule: QueueRule) =>
      simulateHanging({
        seed: 1,
        endpoints: 100,
        hanging: 30,
        perSecond: 40,
        from: 30,
        forSeconds: 400,
        maxConcurrency: 10,
        rule,
      }).worstP99;

    expect(worst('sideline')).toBeLessThan(worst('one'));
    expect(worst('cut')).toBeLessThan(worst('sideline'));
  });

  test('endpoints that hang, 300 of 1,000, leave the p99 of the others below 2 s after the first minute, and lose nothing', () => {
    const { healthy, recoveredAfter = Number.POSITIVE_INFINITY } = simulateHanging({
      ...hangingSettings,
      forSeconds: 600,
      rule: 'cut',
    });

    expect(recoveredAfter).toBeLessThanOrEqual(60);
    const later = healthy.filter(({ second }) => second >= hangingSettings.from + 60);
    expect(later.length).toBeGreaterThan(30);
    for (const { second, p99 } of later) expect(p99, `at ${second} s`).toBeLessThan(2_000);
  });

  test('a rate above what the functions can do leaves a backlog that grows, and a lower one does not', () => {
    const waiting = (perSecond: number) =>
      simulateArrivals({
        perSecond,
        forSeconds: 120,
        publishMaxConcurrency: 10,
        maxConcurrency: 50,
        accountConcurrency: 1_000,
        answerTime: 200,
      }).map((second) => second.waiting);

    expect(waiting(100).at(-1)).toBeLessThan(20);
    expect(waiting(10_000).at(-1)).toBeGreaterThan(1.9 * (waiting(10_000)[59] ?? 0));
  });

  test('a rate is bounded by the concurrency of the account', () => {
    const seconds = simulateArrivals({
      perSecond: 10_000,
      forSeconds: 240,
      publishMaxConcurrency: 1_000,
      maxConcurrency: 1_000,
      accountConcurrency: 100,
      answerTime: 200,
    });

    expect(Math.max(...seconds.map(({ publish, deliver }) => publish + deliver))).toBe(100);
  });
});
