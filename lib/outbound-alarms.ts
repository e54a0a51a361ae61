import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { OutboundMonitoringProps } from './monitoring.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import { ownMetric, sumOf } from './parts/own-metric.ts';
import { silenceBeside } from './parts/silence.ts';

const oneMinute = Duration.minutes(1);
const fiveMinutes = Duration.minutes(5);

/** Adds alarms on deliveries that are not sent, or that fail. */
export function outboundAlarms(scope: Construct, props: OutboundMonitoringProps): void {
  sweepAlarms(scope, props);
  neverAttempted(scope, props);
  attempts(scope, props);
  limits(scope, props);
  endpoints(scope, props);
}

function sweepAlarms(scope: Construct, { outbound, alarmAction }: OutboundMonitoringProps): void {
  new ImpactAlarm(scope, 'SweepSilent', {
    metric: sinceTheLastSweep(outbound),
    // A metric that arrives a minute or two late does not ring.
    periods: firstRunWithin,
    ofWhich: silentMinutes,
    missing: 'no-news',
    impact:
      'The sweep does not run: retries after more than 15 minutes are not sent, and lost deliveries are not found.',
    firstStep: 'Check that the SweepSchedule is enabled and that its role may invoke the function.',
    action: alarmAction,
  });
  new ImpactAlarm(scope, 'SweepFails', {
    metric: outbound.sweep.metricErrors({ period: oneMinute }),
    periods: 5,
    impact:
      'The sweep fails: retries after more than 15 minutes are late, and lost deliveries are not found.',
    firstStep: "Read the sweep function's log.",
    action: alarmAction,
  });
}

const silentMinutes = 5;
/** The longest time of a first deploy between its first queue and its schedule, in minutes. */
const firstRunWithin = 60;

/** Shows that the stack is deployed: Lambda polls the publish queue from then on, so SQS measures it even if it is empty. */
function sinceTheLastSweep({ sweep, publishing }: OutboundMonitoringProps['outbound']): MathExpression {
  const period = oneMinute;
  const alive = publishing.queue.metricApproximateNumberOfMessagesVisible({
    period,
    statistic: Stats.SAMPLE_COUNT,
  });
  const signs = sweep.metricInvocations({ period });
  const label = 'minutes without a sweep';
  return silenceBeside({ signs, label, period }, alive, firstRunWithin - silentMinutes + 1);
}

/** The sum over both functions that find such deliveries. */
function neverAttempted(scope: Construct, { alarmAction }: OutboundMonitoringProps): void {
  const counts = (['sweep', 'deliver'] as const).map((service) =>
    ownMetric(scope, { name: 'DeliveriesNeverAttempted', service, dimensions: {}, period: fiveMinutes }),
  );
  new ImpactAlarm(scope, 'NeverAttempted', {
    metric: sumOf(counts, 'never attempted', fiveMinutes),
    impact: 'Events were accepted minutes ago, and no delivery of them has been attempted.',
    firstStep:
      'Check whether the deliver function is throttled, its event source mapping is disabled, or a secret is missing.',
    action: alarmAction,
  });
}

/** With fewer attempts in five minutes, their share of failures means little. */
const manyAttempts = 100;

/** Rings when attempts fail everywhere. A single customer's endpoint is not our fault. */
function attempts(scope: Construct, { alarmAction }: OutboundMonitoringProps): void {
  const of = { service: 'deliver', period: fiveMinutes } as const;
  const failed = ownMetric(scope, { ...of, name: 'AttemptsFailed', dimensions: {} });
  const succeeded = ownMetric(scope, {
    ...of,
    name: 'WebhookDeliveryAttempts',
    dimensions: { status: '2xx' },
  });
  const all = 'SUM([failed, FILL(succeeded, 0)])';
  new ImpactAlarm(scope, 'AttemptsFail', {
    metric: new MathExpression({
      // A list, because the metric does not exist if none has succeeded for long.
      expression: `IF(${all} > ${manyAttempts}, 100 * failed / ${all}, 0)`,
      usingMetrics: { failed, succeeded },
      label: 'attempts that fail, per cent',
      period: fiveMinutes,
    }),
    above: 75,
    periods: 3,
    impact: 'More than three of four delivery attempts have failed for a quarter of an hour.',
    firstStep:
      'Count the log lines delivery.attempted by outcome and endpoint: the same outcome everywhere is a fault on our side.',
    action: alarmAction,
  });
}

/** Longer than a burst that an endpoint's limits spread, in seconds. */
const longLine = 900;

/** Rings while more comes than an endpoint's limits let through. A burst does not: what waits is deferred once. */
function limits(scope: Construct, { alarmAction }: OutboundMonitoringProps): void {
  const of = { service: 'deliver', dimensions: {}, period: fiveMinutes } as const;
  new ImpactAlarm(scope, 'LimitWait', {
    metric: ownMetric(scope, { ...of, name: 'LimitWaitTime' }),
    above: longLine,
    periods: 3,
    impact:
      "For a quarter of an hour deliveries to an endpoint that works wait longer than that, because more events come than the endpoint's limits let through.",
    firstStep:
      'Find the endpoint in the log lines delivery.deferred with a long delaySeconds, and raise its limits if it can take more.',
    action: alarmAction,
  });
}

/** Fewer endpoints than this do not ring, even if they are a large share. */
const manyDown = 3;

function endpoints(scope: Construct, { alarmAction }: OutboundMonitoringProps): void {
  const of = { service: 'sweep', dimensions: {}, period: fiveMinutes } as const;
  const down = ownMetric(scope, { ...of, name: 'EndpointsDown' });
  const known = ownMetric(scope, { ...of, name: 'EndpointsKnown' });
  new ImpactAlarm(scope, 'EndpointsDown', {
    metric: new MathExpression({
      expression: `IF(down >= ${manyDown} AND known > 0, 100 * down / known, 0)`,
      usingMetrics: { down, known },
      label: 'endpoints that are down, per cent',
      period: fiveMinutes,
    }),
    above: 30,
    periods: 3,
    impact: 'More than 30 % of the endpoints are down at once, so the cause is probably on our side.',
    firstStep:
      'Read the attempts of the endpoints in the log lines endpoint.down: dns or connect everywhere means our network.',
    action: alarmAction,
  });
}
