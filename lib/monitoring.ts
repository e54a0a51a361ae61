import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Dashboard,
  GraphWidget,
  type IAlarmAction,
  type IMetric,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { InboundSource } from './inbound-source.ts';
import type { Outbound } from './outbound.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import type { NodeLambda } from './parts/node-lambda.ts';
import type { WorkQueue } from './parts/work-queue.ts';

export interface MonitoringProps {
  readonly api: HttpApi;
  readonly inbound: readonly InboundSource[];
  readonly outbound: Outbound;
  readonly management: NodeLambda;
  readonly alarmAction: IAlarmAction;
}

const everyMinute = Duration.minutes(1);
const everyFive = Duration.minutes(5);

/** alarms that concern more than one queue, and the dashboard */
export class Monitoring extends Construct {
  private readonly props: MonitoringProps;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.props = props;
    this.gatewayAlarm();
    this.sweepAlarms();
    this.recursionAlarms();
    this.dashboard();
  }

  private gatewayAlarm(): void {
    new ImpactAlarm(this, 'GatewayErrors', {
      metric: this.props.api.metricServerError({ period: everyFive, statistic: Stats.SUM }),
      above: 5,
      impact: 'Providers get 5xx and send again later; after days some of them give up.',
      firstStep:
        "Read the receivers' logs for status 503: a secret without a value, or AWS calls that fail. Without such lines: bodies over 6 MB.",
      action: this.props.alarmAction,
    });
  }

  private sweepAlarms(): void {
    const { sweep } = this.props.outbound;
    new ImpactAlarm(this, 'SweepSilent', {
      metric: sweep.metricInvocations({ period: everyFive }),
      above: 'silence',
      impact: 'Retries over 15 minutes are not sent, and nothing that was lost is found.',
      firstStep: 'See whether the SweepSchedule is enabled, and whether its role may invoke the function.',
      action: this.props.alarmAction,
    });
    new ImpactAlarm(this, 'SweepFails', {
      metric: sweep.metricErrors({ period: everyMinute }),
      periods: 5,
      impact: 'Retries over 15 minutes are late, and so is whatever was lost.',
      firstStep: "Read the sweep function's log.",
      action: this.props.alarmAction,
    });
    new ImpactAlarm(this, 'NeverAttempted', {
      metric: this.own('DeliveriesNeverAttempted', { service: 'sweep' }),
      impact: 'Events were accepted minutes ago and nobody has tried to deliver them.',
      firstStep: 'See whether the deliver function is throttled, or its event source disabled.',
      action: this.props.alarmAction,
    });
  }

  /** Only deliver may continue itself through its own queue; where it may, AWS does not count. */
  private recursionAlarms(): void {
    const { inbound, outbound, management } = this.props;
    const watched = [
      ...inbound.flatMap(({ receive, consume }) => [receive, consume]),
      outbound.publish,
      outbound.sweep,
      management,
    ];
    for (const lambda of watched) {
      new ImpactAlarm(this, `Loop-${nameOf(lambda).replaceAll('/', '-')}`, {
        metric: lambda.metric('RecursiveInvocationsDropped', { period: everyFive, statistic: Stats.SUM }),
        impact: 'Lambda stopped the function as a loop; its messages go to the DLQ.',
        firstStep:
          'Find what sends messages back to the queue that this function consumes; undo its last change.',
        action: this.props.alarmAction,
      });
    }
  }

  private dashboard(): void {
    const { api, inbound, outbound, management } = this.props;
    const works = [...inbound.map(({ work }) => work), outbound.publishing, outbound.delivering];
    const dlqs = [...works.map(({ dlq }) => dlq), outbound.undelivered, outbound.subscriptionDlq];
    const lambdas = [
      ...inbound.flatMap(({ receive, consume }) => [receive, consume]),
      outbound.publish,
      outbound.deliver,
      outbound.sweep,
      management,
    ];
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          graph('Requests', [api.metricCount(), api.metricClientError(), api.metricServerError()]),
          graph('Answer time (p99)', [api.metricLatency({ statistic: Stats.p(99) })]),
        ],
        queueWidgets(works, dlqs),
        [
          graph('Errors of functions', lambdas.map(errors)),
          graph('Throttled functions', lambdas.map(throttles)),
          graph('Never attempted', [this.own('DeliveriesNeverAttempted', { service: 'sweep' })]),
        ],
        [
          graph('Endpoints in trouble', [
            ...['EndpointsDisabled', 'BreakersOpened', 'DeliveriesHeld'].map((name) =>
              this.own(name, { service: 'deliver' }),
            ),
            this.own('DeliveriesHeld', { service: 'publish' }),
          ]),
        ],
      ],
    });
  }

  private own(metricName: string, dimensionsMap: Record<string, string>): Metric {
    return new Metric({
      namespace: 'Hookline',
      metricName,
      dimensionsMap,
      period: everyFive,
      statistic: Stats.MAXIMUM,
    });
  }
}

const queueWidgets = (works: readonly WorkQueue[], dlqs: readonly Queue[]): GraphWidget[] => [
  graph(
    'Waiting messages',
    works.map(({ queue }) => visible(queue)),
  ),
  graph(
    'Age of the oldest message',
    works.map(({ queue }) => oldest(queue)),
  ),
  graph('Dead letters', dlqs.map(visible)),
];

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 8 });

const nameOf = (construct: Construct): string =>
  construct.node.path.slice(Stack.of(construct).node.path.length + 1);
const visible = (queue: Queue): IMetric =>
  queue.metricApproximateNumberOfMessagesVisible({ label: nameOf(queue) });
const oldest = (queue: Queue): IMetric => queue.metricApproximateAgeOfOldestMessage({ label: nameOf(queue) });
const errors = (lambda: NodeLambda): IMetric => lambda.metricErrors({ label: nameOf(lambda) });
const throttles = (lambda: NodeLambda): IMetric => lambda.metricThrottles({ label: nameOf(lambda) });
