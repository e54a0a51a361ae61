import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { MonitoringProps } from './monitoring.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import { ownMetric, sumOf } from './parts/own-metric.ts';
import { silenceBeside } from './parts/silence.ts';

const oneMinute = Duration.minutes(1);
const fiveMinutes = Duration.minutes(5);

/** What is not sent, and what does not arrive. */
export function outboundAlarms(scope: Construct, props: MonitoringProps): void {
  sweepAlarms(scope, props);
  neverAttempted(scope, props);
  attempts(scope, props);
  endpoints(scope, props);
}

function sweepAlarms(scope: Construct, { outbound, alarmAction }: MonitoringProps): void {
  new ImpactAlarm(scope, 'SweepSilent', {
    metric: sinceTheLastSweep(outbound),
    // A count that comes a minute or two late does not ring.
    periods: firstRunWithin,
    ofWhich: silentMinutes,
    missing: 'no-news',
    impact: 'Retries over 15 minutes are not sent, and nothing that was lost is found.',
    firstStep: 'See whether the SweepSchedule is enabled, and whether its role may invoke the function.',
    action: alarmAction,
  });
  new ImpactAlarm(scope, 'SweepFails', {
    metric: outbound.sweep.metricErrors({ period: oneMinute }),
    periods: 5,
    impact: 'Retries over 15 minutes are late, and so is whatever was lost.',
    firstStep: "Read the sweep function's log.",
    action: alarmAction,
  });
}

const silentMinutes = 5;
/** A first deploy may take long between its first queue and its schedule. */
const firstRunWithin = 60;

/** Lambda asks the publish queue for messages from the deploy on, so SQS measures it whether or not there are any. */
function sinceTheLastSweep({ sweep, publishing }: MonitoringProps['outbound']): MathExpression {
  const period = oneMinute;
  const alive = publishing.queue.metricApproximateNumberOfMessagesVisible({
    period,
    statistic: Stats.SAMPLE_COUNT,
  });
  const signs = sweep.metricInvocations({ period });
  const label = 'minutes without a sweep';
  return silenceBeside({ signs, label, period }, alive, firstRunWithin - silentMinutes + 1);
}

/** Both functions that find such deliveries count them. */
function neverAttempted(scope: Construct, { alarmAction }: MonitoringProps): void {
  const counts = (['sweep', 'deliver'] as const).map((service) =>
    ownMetric(scope, { name: 'DeliveriesNeverAttempted', service, dimensions: {}, period: fiveMinutes }),
  );
  new ImpactAlarm(scope, 'NeverAttempted', {
    metric: sumOf(counts, 'never attempted', fiveMinutes),
    impact: 'Events were accepted minutes ago and nobody has tried to deliver them.',
    firstStep:
      'See whether the deliver function is throttled, its event source disabled, or a secret missing.',
    action: alarmAction,
  });
}

/** Of fewer attempts in five minutes no share says anything. */
const manyAttempts = 100;

/** One customer's endpoint is not ours: the alarm is about what fails everywhere. */
function attempts(scope: Construct, { alarmAction }: MonitoringProps): void {
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
      // A list: where none succeeds for long, there is no such metric.
      expression: `IF(${all} > ${manyAttempts}, 100 * failed / ${all}, 0)`,
      usingMetrics: { failed, succeeded },
      label: 'attempts that fail, per cent',
      period: fiveMinutes,
    }),
    above: 75,
    periods: 3,
    impact: 'Three of four attempts to deliver fail, for a quarter of an hour.',
    firstStep: 'Count the lines delivery.attempted by outcome and endpoint: one outcome everywhere is ours.',
    action: alarmAction,
  });
}

/** Fewer endpoints than this that are down are their owners' affair, whatever share they are. */
const manyDown = 3;

function endpoints(scope: Construct, { alarmAction }: MonitoringProps): void {
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
    impact: 'Nearly a third of the endpoints is down at once: that is hardly their own fault.',
    firstStep:
      'Read the lines endpoint.down for what their attempts say: dns or connect everywhere is our network.',
    action: alarmAction,
  });
}
