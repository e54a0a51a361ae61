import { Duration } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { checkLookBack } from '../../lib/parts/impact-alarm.ts';
import { alarmsOf } from './support/alarms.ts';
import { synth } from './support/synth.ts';

describe('a source that is quiet', () => {
  const quietOf = (quietAfter: Duration) =>
    alarmsOf(synth({ sources: { stripe: { provider: 'stripe', quietAfter } } })).find(({ path }) =>
      path.endsWith('SourceQuiet'),
    );

  test('a quiet source rings after its time, within CloudWatch’s window', () => {
    expect(quietOf(Duration.hours(6))).toMatchObject({
      path: 'Monitoring/Source-stripe/SourceQuiet',
      periods: 84,
      ofWhich: 72,
      missing: 'ignore',
      metrics: [
        {
          name: 'WebhooksReceived',
          period: 300,
          dimensions: 'source=stripe,status=accepted',
        },
      ],
    });
    // A day, and seven days, are what CloudWatch looks back to: the event before the silence must be within them.
    expect(quietOf(Duration.hours(23))).toMatchObject({
      periods: 288,
      ofWhich: 276,
      metrics: [{ period: 300 }],
    });
    expect(quietOf(Duration.days(1))).toMatchObject({
      periods: 48,
      ofWhich: 24,
      metrics: [{ period: 3_600 }],
    });
    expect(quietOf(Duration.days(6))).toMatchObject({
      periods: 168,
      ofWhich: 144,
      metrics: [{ period: 3_600 }],
    });
  });

  test.each([10, 17, 23 * 60 + 5, 6 * 24 * 60 + 60, 7 * 24 * 60, 60 * 24 * 60])(
    'a quiet source cannot ring after %i minutes, and the error says so',
    (minutes) => {
      expect(() => quietOf(Duration.minutes(minutes))).toThrow(
        `source 'stripe': quietAfter is ${minutes * 60} s; write a multiple of 5 minutes from 15 minutes to 23 hours, or whole hours up to 6 days`,
      );
    },
  );

  test('every alarm looks back no further than CloudWatch does', () => {
    const slowest = { provider: 'stripe', handlerTimeout: Duration.minutes(14) } as const;
    const spans = [Duration.minutes(15), Duration.hours(23), Duration.hours(24), Duration.days(6)];
    const quiet = spans.map(
      (quietAfter, nth) => [`quiet-${nth}`, { provider: 'stripe', quietAfter }] as const,
    );
    const all = alarmsOf(
      synth({
        sources: { slowest, ...Object.fromEntries(quiet) },
        outbound: { attemptTimeout: Duration.minutes(7) },
      }),
    );

    for (const { path, metrics, periods, ofWhich } of all) {
      const period = metrics[0]?.period ?? 0;
      expect(period * periods, path).toBeLessThanOrEqual(period < 3_600 ? 86_400 : 604_800);
      expect(ofWhich, path).toBeLessThanOrEqual(periods);
    }
    expect(() => checkLookBack('X', 300, 289)).toThrow(
      'alarm X: 289 periods of 300 s are 86700 s, and CloudWatch looks back 86400 s at most',
    );
    expect(() => checkLookBack('X', 3_600, 169)).toThrow('CloudWatch looks back 604800 s at most');
    expect(() => checkLookBack('X', 3_600, 168)).not.toThrow();
  });

  test('a source has no alarm for silence without the setting', () => {
    expect(alarmsOf(synth()).filter(({ path }) => path.endsWith('SourceQuiet'))).toEqual([]);
  });
});
