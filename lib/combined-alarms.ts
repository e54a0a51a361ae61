import { Duration } from 'aws-cdk-lib';
import { type IMetric, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarmGroups } from './alarm-groups.ts';
import type { InboundSource } from './inbound-source.ts';
import type { MonitoringProps } from './monitoring.ts';
import { nameList } from './name-list.ts';
import { nameOf } from './name-of.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import type { NodeLambda } from './parts/node-lambda.ts';
import { highestOf, lasting, maxMetricsOfAlarm, ownMetric, sumOf } from './parts/own-metric.ts';
import type { WorkQueue } from './parts/work-queue.ts';
import { queues } from './settings.ts';

const fiveMinutes = Duration.minutes(5);
/** What an alarm's description has room for beside its sentences. */
const maxListed = 300;

/** Alarms that watch several functions or queues, as many as CloudWatch lets an alarm watch: a stack holds few resources. */
export function combinedAlarms(scope: Construct, props: MonitoringProps): void {
  receivers(scope, props);
  loops(scope, props);
  inFlight(scope, props);
  erroredWork(scope, props);
}

/** What a receiver cannot do it answers with 503: when it fails or is throttled, the answer is the gateway's. */
function receivers(scope: Construct, { inbound, alarmAction }: MonitoringProps): void {
  const receivers = inbound.map(({ receive }) => receive);
  const metricsOf = (lambda: NodeLambda) => [lambda.metricErrors(), lambda.metricThrottles()];
  for (const { id, members } of alarmGroups('ReceiverFails', receivers, maxMetricsOfAlarm / 2)) {
    new ImpactAlarm(scope, id, {
      metric: sumOf(members.flatMap(metricsOf), 'failed or throttled', fiveMinutes),
      impact: `A receiver fails or is throttled, and its provider got 5xx: one of ${names(members)}.`,
      firstStep: "The dashboard's errors and throttles say which of them; read its log.",
      action: alarmAction,
    });
  }
}

/** Only deliver and the consumers may continue themselves through their own queues; where they may, AWS does not count. */
function loops(scope: Construct, { inbound, outbound, management, alarmAction }: MonitoringProps): void {
  const watched = [
    outbound.publish,
    outbound.sweep,
    management.lambda,
    ...inbound.map(({ receive }) => receive),
  ];
  const dropped = (lambda: NodeLambda): IMetric =>
    lambda.metric('RecursiveInvocationsDropped', { statistic: Stats.SUM });
  for (const { id, members } of alarmGroups('Loops', watched, maxMetricsOfAlarm)) {
    new ImpactAlarm(scope, id, {
      metric: sumOf(members.map(dropped), 'stopped as loops', fiveMinutes),
      impact: `Lambda stopped a function as a loop, and its messages go to the DLQ: one of ${names(members)}.`,
      firstStep:
        'Find what sends messages back to the queue that this function consumes; undo its last change.',
      action: alarmAction,
    });
  }
}

/** A message that waits for a retry is in flight, and the age of the oldest message soon leaves it out. */
function inFlight(scope: Construct, { inbound, outbound, alarmAction }: MonitoringProps): void {
  const works = [outbound.publishing, outbound.delivering, ...inbound.map(({ work }) => work)];
  const notVisible = ({ queue }: WorkQueue): IMetric =>
    queue.metricApproximateNumberOfMessagesNotVisible({ statistic: Stats.MAXIMUM });
  for (const { id, members } of alarmGroups('InFlight', works, maxMetricsOfAlarm)) {
    new ImpactAlarm(scope, id, {
      metric: highestOf(members.map(notVisible), 'in flight, at most', fiveMinutes),
      above: queues.inFlight,
      impact: `More than ${queues.inFlight} messages of a queue wait for a retry, and at about 120,000 it hands out no new ones: one of ${names(members)}.`,
      firstStep:
        "The dashboard says which; read its consumer's log for what fails: all alike says that what they call is down.",
      action: alarmAction,
    });
  }
}

/** How often a fault of some functions shows: at each try, and again after `betweenTries`. */
interface ErroredWork {
  /** Where the alarm stands in the tree, and so in its name. */
  readonly place: string;
  readonly metrics: readonly Metric[];
  readonly betweenTries: Duration;
  /** What cannot do its work, and the log line that says so. */
  readonly who: string;
  readonly line: string;
}

/**
 * A function that catches what goes wrong with a message has no errors of its own.
 *
 * An alarm for each: one window for all would be as long as the slowest handler needs, and two bad moments of a fast function,
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
      impact: `${who} cannot do its work, again and again, and no function fails: what it should do comes back undone.`,
      firstStep: `Read its log for ${line}: a permission, or a throttled table.`,
      action: props.alarmAction,
    });
  }
}

function erroredOutbound(scope: Construct, { outbound }: MonitoringProps): ErroredWork[] {
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
function erroredConsumers(scope: Construct, { inbound }: MonitoringProps): ErroredWork[] {
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

const names = (members: readonly Construct[]): string => nameList(members.map(nameOf), maxListed);
