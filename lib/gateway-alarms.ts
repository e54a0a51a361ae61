import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarmGroups, watchedNames } from './alarm-groups.ts';
import type { InboundMonitoringProps, MonitoringProps } from './monitoring.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import { countLines, lineMetric } from './parts/line-metric.ts';
import { maxMetricsOfAlarm } from './parts/own-metric.ts';
import { silence } from './parts/silence.ts';
import { quietPeriods } from './quiet-after.ts';

const fiveMinutes = Duration.minutes(5);
const hour = Duration.hours(1);
const sum = { period: fiveMinutes, statistic: Stats.SUM };

/** Adds alarms on the responses of the inbound API, and on sources that have fallen silent. */
export function gatewayAlarms(scope: Construct, props: InboundMonitoringProps): void {
  serverErrors(scope, props);
  refusals(scope, props);
  throttles(scope, props);
  refusedBySource(scope, props);
  for (const [source, { quietAfter }] of Object.entries(props.inbound.settings)) {
    if (quietAfter !== undefined) quiet(scope, source, quietAfter, props);
  }
}

function serverErrors(scope: Construct, { inbound, alarmAction }: InboundMonitoringProps): void {
  new ImpactAlarm(scope, 'GatewayErrors', {
    metric: inbound.api.api.metricServerError(sum),
    above: 5,
    impact: 'Providers get 5xx for their webhooks; most retry for some days, some never retry.',
    firstStep:
      "Read the receivers' logs for status unavailable or secret_not_set; without such lines, look for bodies over 6 MB.",
    action: alarmAction,
  });
}

/** Adds the alarm on the responses of the management API. */
export function managementAlarms(
  scope: Construct,
  { management, alarmAction }: Pick<MonitoringProps, 'management' | 'alarmAction'>,
): void {
  new ImpactAlarm(scope, 'ManagementErrors', {
    metric: management.api.metricServerError(sum),
    above: 5,
    impact:
      'The management API answers 5xx: apps cannot manage endpoints, and people cannot replay deliveries.',
    firstStep: "Read the management function's log for lines request.managed with status 500.",
    action: alarmAction,
  });
}

/** Fewer requests than this in five minutes are neither a flood nor a sign of an outage. */
const manyRequests = 50;

function refusals(scope: Construct, { inbound, alarmAction }: InboundMonitoringProps): void {
  const { api } = inbound.api;
  new ImpactAlarm(scope, 'GatewayRefusals', {
    metric: new MathExpression({
      expression: `IF(requests > ${manyRequests}, 100 * FILL(refused, 0) / requests, 0)`,
      usingMetrics: { requests: api.metricCount(sum), refused: api.metricClientError(sum) },
      label: '4xx, per cent of the requests',
      period: fiveMinutes,
    }),
    above: 50,
    periods: 3,
    impact:
      'More than half of the requests have been refused with 4xx for a quarter of an hour; webhooks may be among them.',
    firstStep:
      'Count the access log by status and path: a scanner asks for unknown paths, a provider for the path of its source.',
    action: alarmAction,
  });
}

/** An HTTP API has no metric for throttled requests, so a filter counts them in its access log. */
function throttles(scope: Construct, { inbound, alarmAction }: InboundMonitoringProps): void {
  countLines(scope, 'gateway', inbound.api.accessLogs);
  new ImpactAlarm(scope, 'GatewayThrottles', {
    metric: lineMetric(scope, { name: 'RequestsThrottled', dimensions: {}, period: fiveMinutes }),
    impact: 'The gateway answers 429; a provider that does not retry loses those events.',
    firstStep:
      'Find the path in the access log; raise the throttle of that source, or block the caller that floods it.',
    action: alarmAction,
  });
}

/** A few refusals an hour are normal, and so is this share of many events. */
const fewRefused = 2;
const acceptedForEachRefused = 50;

/**
 * Rings when a source has more than a few refusals, and more than a share of its own events, so that a small source with the
 * wrong secret shows beside a large one. The period is an hour, so that a source with few events shows; many refusals ring
 * within minutes.
 */
function refusedBySource(scope: Construct, { inbound, alarmAction }: InboundMonitoringProps): void {
  const refusedOf = (source: string) =>
    lineMetric(scope, { name: 'RequestsRefused', dimensions: { source }, period: hour });
  const groups = alarmGroups('SourceRefusals', Object.keys(inbound.settings), maxMetricsOfAlarm / 2);
  for (const { id, members } of groups) {
    // A source without any accepted event has no such metric; `SUM` of a list skips it.
    const shares = members.map(
      (_, nth) => `SUM([r${nth}, 0 - FILL(a${nth}, 0) / ${acceptedForEachRefused}])`,
    );
    const metrics = members.flatMap((source, nth) => [
      [`r${nth}`, refusedOf(source)] as const,
      [`a${nth}`, acceptedOf(scope, source, hour)] as const,
    ]);
    new ImpactAlarm(scope, id, {
      metric: new MathExpression({
        expression: `MAX([${shares.join(', ')}])`,
        usingMetrics: Object.fromEntries(metrics),
        label: 'refused, less 2 % of what was accepted',
        period: hour,
      }),
      above: fewRefused,
      impact: `A source refuses many requests: its events are lost or late. One of ${watchedNames(members)}.`,
      firstStep:
        'Run npx hookline explain SOURCE to see why; after a rotation, store the new secret with npx hookline secrets set SOURCE.',
      action: alarmAction,
    });
  }
}

/** The events of a source that the receiver accepted. */
const acceptedOf = (scope: Construct, source: string, period: Duration) =>
  lineMetric(scope, { name: 'WebhooksReceived', dimensions: { source, status: 'accepted' }, period });

/** Rings when a source has had no event for a while, after at least one. */
function quiet(
  scope: Construct,
  source: string,
  span: Duration,
  { alarmAction }: Pick<MonitoringProps, 'alarmAction'>,
): void {
  const { period, silent, periods } = quietPeriods(span);
  const signs = acceptedOf(scope, source, period);
  new ImpactAlarm(new Construct(scope, `Source-${source}`), 'SourceQuiet', {
    metric: silence({ signs, label: `periods since the last event of ${source}`, period }),
    periods,
    ofWhich: silent,
    missing: 'no-news',
    impact: `${source} has sent no event for ${span.toHumanString()}, longer than its usual pauses.`,
    firstStep:
      "Check the webhook's page at the provider: is the webhook disabled, or are its requests refused?",
    action: alarmAction,
  });
}
