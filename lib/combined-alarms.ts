import { Duration } from 'aws-cdk-lib';
import { type IMetric, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarmGroups, watchedNames } from './alarm-groups.ts';
import { nameOf } from './deployment-name.ts';
import type { InboundSource } from './inbound-source.ts';
import type { MonitoringProps } from './monitoring.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import type { NodeLambda } from './parts/node-lambda.ts';
import { highestOf, lasting, maxMetricsOfAlarm, ownMetric, sumOf } from './parts/own-metric.ts';
import type { WorkQueue } from './parts/work-queue.ts';
import { queues } from './settings.ts';

const fiveMinutes = Duration.minutes(5);

/** Adds alarms that each watch as many functions or queues as CloudWatch allows, since a stack may have only 500 resources. */
export function combinedAlarms(scope: Construct, props: MonitoringProps): void {
  receivers(scope, props);
  loops(scope, props);
  inFlight(scope, props);
  erroredWork(scope, props);
}

/** A receiver answers 503 for faults that it catches; when it fails or is throttled, the gateway answers 5xx. */
function receivers(scope: Construct, { inbound, alarmAction }: MonitoringProps): void {
  const receivers = eachOf(inbound).map(({ receive }) => receive);
  const metricsOf = (lambda: NodeLambda) => [lambda.metricErrors(), lambda.metricThrottles()];
  for (const { id, members } of alarmGroups('ReceiverFails', receivers, maxMetricsOfAlarm / 2)) {
    new ImpactAlarm(scope, id, {
      metric: sumOf(members.flatMap(metricsOf), 'failed or throttled', fiveMinutes),
      impact: `A receiver fails or is throttled, and its provider gets 5xx: one of ${names(members)}.`,
      firstStep: "Find the function in the dashboard's graphs of errors and throttles, then read its log.",
      action: alarmAction,
    });
  }
}

/** Excludes deliver and the consumers: they may send to their own queues, so AWS does not detect their loops. */
function loops(scope: Construct, { inbound, outbound, management, alarmAction }: MonitoringProps): void {
  const watched = [
    ...(outbound === undefined ? [] : [outbound.publish, outbound.sweep]),
    management.lambda,
    ...eachOf(inbound).map(({ receive }) => receive),
  ];
  const dropped = (lambda: NodeLambda): IMetric =>
    lambda.metric('RecursiveInvocationsDropped', { statistic: Stats.SUM });
  for (const { id, members } of alarmGroups('Loops', watched, maxMetricsOfAlarm)) {
    new ImpactAlarm(scope, id, {
      metric: sumOf(members.map(dropped), 'stopped as loops', fiveMinutes),
      impact: `Lambda stopped a function that invoked itself in a loop; its messages go to the DLQ. One of ${names(members)}.`,
      firstStep:
        'Find the code that sends messages back to the queue that this function consumes, and undo its last change.',
      action: alarmAction,
    });
  }
}

/** Watches messages in flight, because a message that waits for a retry soon no longer counts for the age of the oldest one. */
function inFlight(scope: Construct, { inbound, outbound, alarmAction }: MonitoringProps): void {
  const works = [...worksOf(outbound), ...eachOf(inbound).map(({ work }) => work)];
  const notVisible = ({ queue }: WorkQueue): IMetric =>
    queue.metricApproximateNumberOfMessagesNotVisible({ statistic: Stats.MAXIMUM });
  for (const { id, members } of alarmGroups('InFlight', works, maxMetricsOfAlarm)) {
    new ImpactAlarm(scope, id, {
      metric: highestOf(members.map(notVisible), 'in flight, at most', fiveMinutes),
      above: queues.inFlight,
      impact: `More than ${queues.inFlight} messages of a queue wait for a retry; at about 120,000 SQS delivers no new ones. One of ${names(members)}.`,
      firstStep:
        "Find the queue in the dashboard, then read its consumer's log: if all events fail alike, what the handlers call is down.",
      action: alarmAction,
    });
  }
}

/** An alarm on functions that catch their faults. A lasting fault shows again after `betweenTries`. */
interface ErroredWork {
  /** The alarm's parent in the construct tree, part of its name. */
  readonly place: string;
  readonly metrics: readonly Metric[];
  readonly betweenTries: Duration;
  /** The function that cannot do its work, and its log line about it. */
  readonly who: string;
  readonly line: string;
}

/**
 * Adds alarms on functions that catch their faults, and so have no errors in Lambda's metrics.
 *
 * Each has its own alarm. A common window would be as long as the slowest handler needs, so two short faults of a fast function,
 * hours apart, would ring.
 */
function erroredWork(scope: Construct, props: MonitoringProps): void {
  for (const { place, metrics, betweenTries, who, line } of [
    ...erroredOutbound(scope, props),
    ...erroredConsumers(scope, props),
  ]) {
    new ImpactAlarm(new Construct(scope, place), 'WorkErrored', {
      metric: sumOf(metrics, 'errored', fiveMinutes),
      ...lasting(betweenTries, fiveMinutes),
      impact: `${who} cannot do its work, though the function itself does not fail: its messages return to the queue or wait for the next run.`,
      firstStep: `Read its log for ${line}; likely causes are a missing permission or a throttled table.`,
      action: props.alarmAction,
    });
  }
}

function erroredOutbound(scope: Construct, { outbound }: MonitoringProps): ErroredWork[] {
  if (outbound === undefined) return [];
  const metricsOf = (service: 'publish' | 'deliver' | 'sweep') => [
    ownMetric(scope, { name: 'WorkErrored', service, dimensions: {}, period: fiveMinutes }),
  ];
  const { publishing, delivering } = outbound;
  return [
    {
      place: 'Publish',
      metrics: metricsOf('publish'),
      betweenTries: publishing.visibility,
      who: 'Publish',
      line: 'publish.errored',
    },
    {
      place: 'Deliver',
      metrics: metricsOf('deliver'),
      betweenTries: delivering.visibility,
      who: 'Deliver',
      line: 'delivery.errored',
    },
    {
      place: 'Sweep',
      metrics: metricsOf('sweep'),
      betweenTries: Duration.minutes(1),
      who: 'The sweep',
      line: 'sweep.errored',
    },
  ];
}

/** Consumers whose messages stay hidden for equally long share an alarm. */
function erroredConsumers(scope: Construct, props: MonitoringProps): ErroredWork[] {
  const inbound = eachOf(props.inbound);
  const spans = [...new Set(inbound.map(({ work }) => work.visibility.toSeconds()))].sort((a, b) => a - b);
  const alike = spans.flatMap((span) =>
    alarmGroups(
      '',
      inbound.filter(({ work }) => work.visibility.toSeconds() === span),
      maxMetricsOfAlarm,
    ),
  );
  const metricOf = ({ consumerName: consumer }: InboundSource) =>
    ownMetric(scope, {
      name: 'WorkErrored',
      service: 'consume',
      dimensions: { consumer },
      period: fiveMinutes,
    });
  return alike.map(({ members }, nth) => ({
    place: nth === 0 ? 'Consume' : `Consume-${nth + 1}`,
    metrics: members.map(metricOf),
    betweenTries: Duration.seconds(Math.max(...members.map(({ work }) => work.visibility.toSeconds()))),
    who: `A consumer (one of ${names(members.map(({ consume }) => consume))})`,
    line: 'event.errored',
  }));
}

/** The constructs of the sources, none if nothing is received. */
export const eachOf = (inbound: MonitoringProps['inbound']): readonly InboundSource[] => inbound?.each ?? [];

/** The work queues of sending, none if nothing is sent. */
export const worksOf = (outbound: MonitoringProps['outbound']): readonly WorkQueue[] =>
  outbound === undefined ? [] : [outbound.publishing, outbound.delivering, outbound.sideline];

const names = (members: readonly Construct[]): string => watchedNames(members.map(nameOf));
