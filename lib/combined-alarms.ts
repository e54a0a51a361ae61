import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
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
  for (const { id, members } of groups('ReceiverFails', receivers, maxMetricsOfAlarm / 2)) {
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
  for (const { id, members } of groups('Loops', watched, maxMetricsOfAlarm)) {
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
  for (const { id, members } of groups('InFlight', works, maxMetricsOfAlarm)) {
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

/** A function that catches what goes wrong with a message has no errors of its own. */
function erroredWork(scope: Construct, { inbound, outbound, alarmAction }: MonitoringProps): void {
  const errored = (['consume', 'publish', 'deliver', 'sweep'] as const).map((service) =>
    ownMetric(scope, { name: 'WorkErrored', service, dimensions: {}, period: fiveMinutes }),
  );
  const works = [...inbound.map(({ work }) => work), outbound.publishing, outbound.delivering];
  const betweenTries = Math.max(...works.map(({ visibility }) => visibility.toSeconds()));
  new ImpactAlarm(scope, 'WorkErrored', {
    metric: sumOf(errored, 'errored', fiveMinutes),
    ...lasting(Duration.seconds(betweenTries), fiveMinutes),
    impact:
      'Consume, publish, deliver or sweep cannot do its work, again and again: its messages come back undone.',
    firstStep:
      "Read the functions' logs for event.errored, publish.errored, delivery.errored and sweep.errored: a permission, or a throttled table.",
    action: alarmAction,
  });
}

interface Group<Member> {
  readonly id: string;
  readonly members: readonly Member[];
}

/** As many alarms as are needed, the first without a number. */
const groups = <Member>(id: string, members: readonly Member[], size: number): Group<Member>[] =>
  Array.from({ length: Math.ceil(members.length / size) }, (_, nth) => ({
    id: nth === 0 ? id : `${id}-${nth + 1}`,
    members: members.slice(nth * size, (nth + 1) * size),
  }));

const names = (members: readonly Construct[]): string => nameList(members.map(nameOf), maxListed);
