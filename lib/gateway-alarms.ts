import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { MonitoringProps } from './monitoring.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import { ownMetric, silence } from './parts/own-metric.ts';
import { quietPeriods } from './quiet-after.ts';

const fiveMinutes = Duration.minutes(5);
const sum = { period: fiveMinutes, statistic: Stats.SUM };

/** What callers are answered, by both APIs, and what they no longer send. */
export function gatewayAlarms(scope: Construct, props: MonitoringProps): void {
  serverErrors(scope, props);
  refusals(scope, props);
  throttles(scope, props);
  signatures(scope, props);
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

/** A few forged requests are the internet; more than this, and more than such a share, are a secret that does not fit. */
const manyRefused = 10;
const shareRefused = 2;

function signatures(scope: Construct, { api, alarmAction }: MonitoringProps): void {
  const period = Duration.minutes(15);
  const refused = ownMetric(scope, { name: 'SignaturesRefused', service: 'receive', dimensions: {}, period });
  new ImpactAlarm(scope, 'SignatureRefusals', {
    metric: new MathExpression({
      expression: `IF(refused > ${manyRefused}, 100 * refused / requests, 0)`,
      usingMetrics: { refused, requests: api.api.metricCount({ ...sum, period }) },
      label: '401, per cent of the requests',
      period,
    }),
    above: shareRefused,
    impact: 'Requests of a source are answered 401: after a rotation its events are refused.',
    firstStep:
      'npx hookline explain SOURCE says why; npx hookline secrets set SOURCE stores the right secret.',
    action: alarmAction,
  });
}

/** No event for a while, of a source that has had one; CloudWatch looks a little further back than the periods, to that one. */
function quiet(scope: Construct, source: string, span: Duration, { alarmAction }: MonitoringProps): void {
  const { period, periods } = quietPeriods(span);
  const dimensions = { source, eventType: 'any', status: 'accepted' };
  const accepted = ownMetric(scope, { name: 'WebhooksReceived', service: 'receive', dimensions, period });
  new ImpactAlarm(new Construct(scope, `Source-${source}`), 'SourceQuiet', {
    metric: silence(accepted, `periods without an event of ${source}`, period),
    periods,
    missing: 'no-news',
    impact: `${source} has sent no event for ${span.toHumanString()}, longer than it usually is quiet.`,
    firstStep:
      "Look at the provider's page of deliveries: is the webhook disabled, or are its requests refused?",
    action: alarmAction,
  });
}
