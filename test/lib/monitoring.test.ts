import { describe, expect, test } from 'vitest';
import { idOf } from './support/policies.ts';
import { synth } from './support/synth.ts';

const app = synth({ alarmEmail: 'oncall@example.com' });
const alarms = app.resources('AWS::CloudWatch::Alarm');

describe('every alarm', () => {
  test('says its impact and the first step, and reaches the topic', () => {
    const topic = idOf(app, 'AWS::SNS::Topic', 'Alarms/Topic');

    expect(Object.keys(alarms).length).toBeGreaterThan(20);
    for (const [path, { Properties }] of Object.entries(alarms)) {
      expect(Properties['AlarmDescription'], path).toMatch(/^Impact: .{20,}\. First step: .{20,}\.$/);
      expect(Properties['AlarmActions'], path).toEqual([{ Ref: topic }]);
    }
  });

  test('reaches who is on call', () => {
    app.template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'oncall@example.com',
    });
  });
});

describe('an alarm watches', () => {
  const on = (path: string) => alarms[path]?.Properties;

  test('every DLQ, for any message', () => {
    const queues = Object.keys(app.resources('AWS::SQS::Queue')).filter((path) => path.endsWith('Dlq'));
    const watched = Object.values(alarms)
      .filter(({ Properties }) => Properties['MetricName'] === 'ApproximateNumberOfMessagesVisible')
      .map(({ Properties }) => JSON.stringify(Properties));

    expect(queues).toHaveLength(6);
    for (const path of queues) {
      const id = idOf(app, 'AWS::SQS::Queue', path);
      expect(
        watched.filter((alarm) => alarm.includes(id)),
        path,
      ).toHaveLength(1);
    }
    expect(on('Outbound/SubscriptionDlqAlarm')).toMatchObject({
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  test('no letter of what endpoints did not take: that is their fault', () => {
    const id = idOf(app, 'AWS::SQS::Queue', 'Outbound/Undelivered');

    expect(Object.values(alarms).filter((alarm) => JSON.stringify(alarm).includes(id))).toEqual([]);
  });

  test('the age of every queue, beyond its longest wait', () => {
    // 5 s + 30 s + 2 min + 10 min + 30 min + 2 h, and an hour.
    expect(on('Source-stripe/Work/AgeAlarm')).toMatchObject({ Threshold: 9_755 + 3_600 });
    expect(on('Outbound/Publishing/AgeAlarm')).toMatchObject({ Threshold: 900 });
    expect(on('Outbound/Delivering/AgeAlarm')).toMatchObject({ Threshold: 3_600 });
  });

  test('loops of every function but deliver, where AWS does not count', () => {
    const looping = Object.values(alarms)
      .filter(({ Properties }) => Properties['MetricName'] === 'RecursiveInvocationsDropped')
      .map(({ Properties }) => JSON.stringify(Properties['Dimensions']));
    const watched = Object.keys(app.resources('AWS::Lambda::Function')).filter((path) =>
      looping.some((alarm) => alarm.includes(`"${idOf(app, 'AWS::Lambda::Function', path)}"`)),
    );

    expect(watched).toHaveLength(9);
    expect(watched).not.toContain('Outbound/Deliver');
  });

  test('a sweep that has not run for five minutes', () => {
    expect(on('Monitoring/SweepSilent')).toMatchObject({
      MetricName: 'Invocations',
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('what was accepted and never attempted, and the 5xx of the gateway', () => {
    expect(on('Monitoring/NeverAttempted')).toMatchObject({
      Namespace: 'Hookline',
      MetricName: 'DeliveriesNeverAttempted',
      TreatMissingData: 'notBreaching',
    });
    expect(on('Monitoring/GatewayErrors')).toMatchObject({ MetricName: '5xx', Threshold: 5 });
  });
});

test('the dashboard shows every queue and every function', () => {
  const [dashboard] = Object.values(app.resources('AWS::CloudWatch::Dashboard'));
  const text = JSON.stringify(dashboard);

  for (const path of Object.keys(app.resources('AWS::SQS::Queue'))) expect(text).toContain(`${path}`);
  for (const path of Object.keys(app.resources('AWS::Lambda::Function'))) expect(text).toContain(`${path}`);
});
