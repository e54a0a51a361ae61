import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { alarmGroups } from './alarm-groups.ts';
import type { MonitoringProps } from './monitoring.ts';
import { nameList } from './name-list.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import { maxMetricsOfAlarm, ownMetric } from './parts/own-metric.ts';
import { silence } from './parts/silence.ts';
import { quietPeriods } from './quiet-after.ts';

const fiveMinutes = Duration.minutes(5);
const hour = Duration.hours(1);
/** What an alarm's description has room for beside its sentences. */
const maxListed = 300;
const sum = { period: fiveMinutes, statistic: Stats.SUM };

/** What callers are answered, by both APIs, and what they no longer send. */
export function gatewayAlarms(scope: Construct, props: MonitoringProps): void {
  serverErrors(scope, props);
  refusals(scope, props);
  throttles(scope, props);
  refusedBySource(scope, props);
  for (const [source, { quietAfter }] of Object.entries(props.sources)) {
    if (quietAfter !== undefined) quiet(scope, source, quietAfter, props);
  }
}

function serverErrors(scope: Construct, { api, management, alarmAction }: MonitoringProps): void {
  new ImpactAlarm(scope, 'GatewayErrors', {
    metric: api.api.metricServerError(sum),
    above: 5,
    impact: 'Providers get 5xx and send again later; some never do, and after days the others give up.',
    firstStep:
      "Read the receivers' logs for status 503: a secret without a value, or AWS calls that fail. Without such lines: bodies over 6 MB.",
    action: alarmAction,
  });
  new ImpactAlarm(scope, 'ManagementErrors', {
    metric: management.api.metricServerError(sum),
    above: 5,
    impact: 'The management API answers 5xx: apps cannot manage endpoints, people cannot replay deliveries.',
    firstStep: "Read the management function's log for lines request.managed with status 500.",
    action: alarmAction,
  });
}

/** Fewer requests than this in five minutes are no flood and no outage. */
const manyRequests = 50;

function refusals(scope: Construct, { api, alarmAction }: MonitoringProps): void {
  new ImpactAlarm(scope, 'GatewayRefusals', {
    metric: new MathExpression({
      expression: `IF(requests > ${manyRequests}, 100 * FILL(refused, 0) / requests, 0)`,
      usingMetrics: { requests: api.api.metricCount(sum), refused: api.api.metricClientError(sum) },
      label: '4xx, per cent of the requests',
      period: fiveMinutes,
    }),
    above: 50,
    periods: 3,
    impact: 'For a quarter of an hour more than half of the requests are answered 4xx.',
    firstStep:
      'Count the access log by status and path: scanners ask for other paths, a provider for its own.',
    action: alarmAction,
  });
}

/** An HTTP API has no metric for it: its access log has. */
function throttles(scope: Construct, { api, alarmAction }: MonitoringProps): void {
  const metric = ownMetric(scope, {
    name: 'RequestsThrottled',
    service: 'gateway',
    dimensions: {},
    period: fiveMinutes,
  });
  new MetricFilter(scope, 'ThrottledRequests', {
    logGroup: api.accessLogs,
    filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
    metricNamespace: metric.namespace,
    metricName: metric.metricName,
  });
  new ImpactAlarm(scope, 'GatewayThrottles', {
    metric,
    impact: 'Requests are answered 429; a provider that never sends again has lost those events.',
    firstStep:
      'See in the access log whose path it is; raise the throttle of that source, or find who floods it.',
    action: alarmAction,
  });
}

/** So many of an hour are forged or mistaken; and of many events, such a part. */
const fewRefused = 2;
const acceptedForEachRefused = 50;

/**
 * What each source is refused beyond a few and a part of its own events: a small source with the wrong secret is not lost among
 * the events of a large one. An hour, so that a source with few events is seen; where many are refused it is full within minutes.
 */
function refusedBySource(scope: Construct, { sources, alarmAction }: MonitoringProps): void {
  const of = { service: 'receive', period: hour } as const;
  const refusedOf = (source: string) =>
    ownMetric(scope, { ...of, name: 'RequestsRefused', dimensions: { source } });
  const acceptedOf = (source: string) => {
    const dimensions = { source, eventType: 'any', status: 'accepted' };
    return ownMetric(scope, { ...of, name: 'WebhooksReceived', dimensions });
  };
  const groups = alarmGroups('SourceRefusals', Object.keys(sources), maxMetricsOfAlarm / 2);
  for (const { id, members } of groups) {
    // A source without one accepted event has no such metric: a list takes what is there.
    const shares = members.map(
      (_, nth) => `SUM([r${nth}, 0 - FILL(a${nth}, 0) / ${acceptedForEachRefused}])`,
    );
    const metrics = members.flatMap((source, nth) => [
      [`r${nth}`, refusedOf(source)] as const,
      [`a${nth}`, acceptedOf(source)] as const,
    ]);
    new ImpactAlarm(scope, id, {
      metric: new MathExpression({
        expression: `MAX([${shares.join(', ')}])`,
        usingMetrics: Object.fromEntries(metrics),
        label: 'refused, less 2 % of what was accepted',
        period: hour,
      }),
      above: fewRefused,
      impact: `Requests of a source are refused, more than now and then: its events are lost or late. One of ${nameList(members, maxListed)}.`,
      firstStep:
        'npx hookline explain SOURCE says why: after a rotation, npx hookline secrets set SOURCE stores the right secret.',
      action: alarmAction,
    });
  }
}

/** No event for a while, of a source that has had one. */
function quiet(scope: Construct, source: string, span: Duration, { alarmAction }: MonitoringProps): void {
  const { period, silent, periods } = quietPeriods(span);
  const dimensions = { source, eventType: 'any', status: 'accepted' };
  const signs = ownMetric(scope, { name: 'WebhooksReceived', service: 'receive', dimensions, period });
  new ImpactAlarm(new Construct(scope, `Source-${source}`), 'SourceQuiet', {
    metric: silence({ signs, label: `periods since the last event of ${source}`, period }),
    periods,
    ofWhich: silent,
    missing: 'no-news',
    impact: `${source} has sent no event for ${span.toHumanString()}, longer than it usually is quiet.`,
    firstStep:
      "Look at the provider's page of deliveries: is the webhook disabled, or are its requests refused?",
    action: alarmAction,
  });
}
