import { Duration } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { consumerName } from '../../lambdas/domain/metrics.ts';
import { alarmsOf } from './support/alarms.ts';
import { idOf } from './support/policies.ts';
import { synth } from './support/synth.ts';

const app = synth({ alarmEmail: 'oncall@example.com' });
const alarms = alarmsOf(app);
const on = (path: string) => app.resources('AWS::CloudWatch::Alarm')[path]?.Properties;
const alarm = (path: string) => alarms.find((each) => each.path === path);

const namesOf40 = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [
    `a-source-with-a-name-of-forty-letters-${10 + index}`,
    { provider: 'stripe' } as const,
  ]),
);

describe('every alarm', () => {
  test('every alarm states its impact, the first step and its section, and notifies the topic when it begins and ends', () => {
    const topic = idOf(app, 'AWS::SNS::Topic', 'Alarms/Topic');

    expect(alarms.length).toBeGreaterThan(20);
    for (const [path, { Properties }] of Object.entries(app.resources('AWS::CloudWatch::Alarm'))) {
      expect(Properties['AlarmDescription'], path).toMatch(
        /^Impact: .{20,}\. First step: .{20,}[.?] Runbook: https:\/\/\S+\/docs\/runbook\.md#[a-z]+$/,
      );
      expect(Properties['AlarmActions'], path).toEqual([{ Ref: topic }]);
      expect(Properties['OKActions'], path).toEqual([{ Ref: topic }]);
    }
  });

  test('every alarm reaches the alarm email', () => {
    app.template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'oncall@example.com',
    });
  });

  test('every alarm has a description that CloudWatch accepts, for any source names', () => {
    const long = alarmsOf(synth({ isolation: 'shared', sources: namesOf40 }));
    const many = alarmsOf(synth({ sources: Object.fromEntries(Object.entries(namesOf40).slice(0, 16)) }));

    for (const { path, description } of [...long, ...many]) {
      expect(description.length, path).toBeLessThanOrEqual(1_024);
    }
  });

  test('every alarm has an expression that CloudWatch accepts, for any number of sources', () => {
    const many = alarmsOf(synth({ sources: Object.fromEntries(Object.entries(namesOf40).slice(0, 16)) }));

    for (const { path, metrics } of many) expect(metrics.length, path).toBeLessThanOrEqual(10);
    expect(many.filter(({ path }) => path.startsWith('Monitoring/ReceiverFails')).length).toBe(4);
    expect(many.filter(({ path }) => path.startsWith('Monitoring/InFlight')).length).toBe(2);
  });

  test('every alarm is silent at a first deploy, without any data', () => {
    const quiet = { stripe: { provider: 'stripe', quietAfter: Duration.days(2) } } as const;

    for (const { path, missing } of [...alarms, ...alarmsOf(synth({ sources: quiet }))]) {
      expect(['notBreaching', 'ignore'], path).toContain(missing);
    }
  });
});

describe('an alarm watches', () => {
  /** The alarms that watch each resource of a type, by the resource's id. */
  const watching = (metricName: string, path: string, type: string) =>
    alarms
      .filter(({ metrics }) =>
        metrics.some(
          ({ name, dimensions }) =>
            name === metricName && dimensions.includes(idOf(app, type, path).replace(/"/g, '')),
        ),
      )
      .map((each) => each.path);
  const functions = Object.keys(app.resources('AWS::Lambda::Function'));
  const allQueues = Object.keys(app.resources('AWS::SQS::Queue'));

  test('an alarm watches every DLQ, for letters that arrive in any way', () => {
    const dlqs = allQueues.filter((path) => path.endsWith('Dlq'));

    expect(dlqs).toHaveLength(6);
    for (const path of dlqs) {
      const rings = watching('NumberOfMessagesSent', path, 'AWS::SQS::Queue');
      expect(rings, path).toEqual([`${path}Alarm`]);
      expect(watching('ApproximateNumberOfMessagesVisible', path, 'AWS::SQS::Queue')).toEqual(rings);
      expect(watching('ApproximateNumberOfMessagesNotVisible', path, 'AWS::SQS::Queue')).toEqual(rings);
    }
    expect(alarm('Outbound/SubscriptionDlqAlarm')).toMatchObject({
      expression:
        'SUM([FILL(sent, 0), FILL(IF(DIFF(FILL(SUM([visible, hidden + visible * 0]), REPEAT)) > 0.5, 1, 0), 0)])',
      threshold: 0,
      periods: 2,
      ofWhich: 1,
      statistics: { sent: 'Sum', visible: 'Average', hidden: 'Average' },
    });
  });

  test('an alarm watches no letter of what endpoints did not take: that is their fault', () => {
    const id = idOf(app, 'AWS::SQS::Queue', 'Outbound/Undelivered');

    expect(Object.values(alarms).filter((alarm) => JSON.stringify(alarm).includes(id))).toEqual([]);
  });

  test('an alarm watches the age of every queue, beyond the longest wait of a message', () => {
    // Half an hour, and the visibility timeout of a handler that has a minute.
    expect(on('Source-stripe/Work/AgeAlarm')).toMatchObject({ Threshold: 1_800 + 360 });
    expect(on('Outbound/Publishing/AgeAlarm')).toMatchObject({ Threshold: 900 });
    expect(on('Outbound/Delivering/AgeAlarm')).toMatchObject({ Threshold: 3_600 });
    expect(on('Outbound/Sideline/AgeAlarm')).toMatchObject({ Threshold: 3_600 });
  });

  test('an alarm watches the messages in flight of every work queue, at half of the limit', () => {
    for (const path of allQueues.filter((queue) => queue.endsWith('Queue'))) {
      const rings = watching('ApproximateNumberOfMessagesNotVisible', path, 'AWS::SQS::Queue');
      expect(rings, path).toEqual(['Monitoring/InFlight']);
    }
    expect(alarm('Monitoring/InFlight')).toMatchObject({ threshold: 60_000 });
    expect(alarm('Monitoring/InFlight')?.expression).toMatch(/^MAX\(\[FILL\(m0, 0\), /);
  });

  test('an alarm watches errors and throttles of every function but those of its API', () => {
    const watched = functions.filter((path) => path !== 'Management/Function' && path !== 'Outbound/Sweep');

    expect(watched).toHaveLength(8);
    for (const path of watched) {
      const rings = watching('Errors', path, 'AWS::Lambda::Function');
      expect(rings, path).toEqual([expect.stringMatching(/(ConsumerFails|ReceiverFails)$/)]);
      expect(watching('Throttles', path, 'AWS::Lambda::Function'), path).toEqual(rings);
    }
    expect(watching('Errors', 'Outbound/Sweep', 'AWS::Lambda::Function')).toEqual(['Monitoring/SweepFails']);
  });

  test('an alarm watches a consumer that fails twice, over the time that its messages stay hidden in between', () => {
    const { handlerTimeout, ...rest } = { handlerTimeout: Duration.minutes(14), provider: 'stripe' as const };
    const slow = alarmsOf(synth({ sources: { slow: { ...rest, handlerTimeout } } }));
    const rings = (among: typeof alarms, path: string) => among.find((each) => each.path === path);

    // Hidden for 6 min and for 84 min; periods of 5 min.
    expect(rings(alarms, 'Source-stripe/Work/ConsumerFails')).toMatchObject({ periods: 5, ofWhich: 2 });
    expect(rings(slow, 'Source-slow/Work/ConsumerFails')).toMatchObject({ periods: 36, ofWhich: 2 });
  });

  test('an alarm watches messages that come back, of every function that catches its faults', () => {
    const watched = (path: string) =>
      alarm(`Monitoring/${path}/WorkErrored`)?.metrics.map((each) => each.dimensions);

    for (const service of ['publish', 'deliver', 'sweep']) {
      const place = `${service[0]?.toUpperCase()}${service.slice(1)}`;
      expect(watched(place)).toEqual([`service=${service}`]);
    }
    expect(watched('Consume')).toEqual(
      ['stripe', 'github', 'shopify'].map((source) => `consumer=${source},service=consume`),
    );
  });

  test('an alarm watches the faults of a consumer that sources share, by its consumer dimension', () => {
    const shared = alarmsOf(synth({ isolation: 'shared' }));

    expect(shared.find(({ path }) => path === 'Monitoring/Consume/WorkErrored')?.metrics).toMatchObject([
      { dimensions: 'consumer=all,service=consume' },
    ]);
    expect(consumerName(['stripe', 'github'])).toBe('all');
    expect(consumerName(['stripe'])).toBe('stripe');
  });

  test('an alarm watches loops of every function except deliver and the consumers, where AWS does not count', () => {
    const watched = functions.filter(
      (path) => watching('RecursiveInvocationsDropped', path, 'AWS::Lambda::Function').length === 1,
    );

    expect(watched).toEqual(functions.filter((path) => !/Deliver$|Consume$/.test(path)));
  });

  test('an alarm watches a sweep that has not run for five minutes, or an hour after the deploy', () => {
    expect(alarm('Monitoring/SweepSilent')).toMatchObject({
      periods: 60,
      ofWhich: 5,
      missing: 'ignore',
      metrics: [
        { id: 'signs', name: 'Invocations', period: 60, statistic: 'Sum' },
        { id: 'alive', name: 'ApproximateNumberOfMessagesVisible', period: 60, statistic: 'SampleCount' },
      ],
    });
    expect(alarm('Monitoring/SweepSilent')?.metrics[1]?.dimensions).toContain('OutboundPublishingQueue');
  });

  test('an alarm watches deliveries that were never attempted, by both functions that count them', () => {
    expect(alarm('Monitoring/NeverAttempted')).toMatchObject({
      expression: 'SUM([FILL(m0, 0), FILL(m1, 0)])',
      statistics: { m0: 'Sum', m1: 'Sum' },
      metrics: [
        { namespace: 'Test', name: 'DeliveriesNeverAttempted', dimensions: 'service=sweep' },
        { namespace: 'Test', name: 'DeliveriesNeverAttempted', dimensions: 'service=deliver' },
      ],
    });
  });

  test('an alarm watches failures at many endpoints, not at one', () => {
    expect(alarm('Monitoring/AttemptsFail')?.expression).toContain('> 100');
    expect(alarm('Monitoring/EndpointsDown')?.expression).toContain('down >= 3');
  });
});

describe('at the gateway an alarm watches', () => {
  const metricOf = (path: string) => alarm(path)?.metrics.map(({ name }) => name);

  test('at the gateway an alarm watches the 5xx of both APIs, and the share of 4xx', () => {
    expect(on('Monitoring/GatewayErrors')).toMatchObject({ MetricName: '5xx', Threshold: 5 });
    expect(on('Monitoring/ManagementErrors')).toMatchObject({ MetricName: '5xx', Threshold: 5 });
    expect(metricOf('Monitoring/GatewayRefusals')).toEqual(['Count', '4xx']);
  });

  test('at the gateway an alarm watches throttled requests, by the access log', () => {
    const filter = app.resources('AWS::Logs::MetricFilter')['Monitoring/RequestsThrottled']?.Properties;

    expect(filter).toMatchObject({
      FilterPattern: '{ $.status = "429" }',
      LogGroupName: { Ref: idOf(app, 'AWS::Logs::LogGroup', 'Inbound/AccessLogs') },
      MetricTransformations: [{ MetricName: 'RequestsThrottled', MetricNamespace: 'Test', MetricValue: '1' }],
    });
    expect(alarm('Monitoring/GatewayThrottles')?.metrics).toMatchObject([
      { namespace: 'Test', name: 'RequestsThrottled', dimensions: '' },
    ]);
  });

  test('at the gateway an alarm watches the refusals of each source, five sources in an alarm', () => {
    expect(alarm('Monitoring/SourceRefusals')).toMatchObject({
      expression:
        'MAX([SUM([r0, 0 - FILL(a0, 0) / 50]), SUM([r1, 0 - FILL(a1, 0) / 50]), SUM([r2, 0 - FILL(a2, 0) / 50])])',
      threshold: 2,
    });
    expect(alarm('Monitoring/SourceRefusals')?.metrics.slice(0, 2)).toMatchObject([
      { id: 'r0', name: 'RequestsRefused', dimensions: 'source=stripe', period: 3_600 },
      { id: 'a0', name: 'WebhooksReceived', dimensions: 'source=stripe,status=accepted' },
    ]);
    for (const isolation of ['per-source', 'shared'] as const) {
      const sources = Object.fromEntries(Object.entries(namesOf40).slice(0, 12));
      const many = alarmsOf(synth({ isolation, sources })).filter(({ path }) =>
        path.includes('SourceRefusals'),
      );
      expect(
        many.flatMap(({ metrics }) => metrics.filter(({ name }) => name === 'RequestsRefused')),
      ).toHaveLength(12);
      expect(many.map(({ metrics }) => metrics.length)).toEqual([10, 10, 4]);
    }
  });
});

test('the dashboard shows every queue and every function', () => {
  const [dashboard] = Object.values(app.resources('AWS::CloudWatch::Dashboard'));
  const text = JSON.stringify(dashboard);

  for (const path of Object.keys(app.resources('AWS::SQS::Queue'))) expect(text).toContain(`${path}`);
  for (const path of Object.keys(app.resources('AWS::Lambda::Function'))) expect(text).toContain(`${path}`);
});
