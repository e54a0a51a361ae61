import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Dashboard, GraphWidget, type IAlarmAction, type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { InboundSource } from './inbound-source.ts';
import type { Outbound } from './outbound.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import type { NodeLambda } from './parts/node-lambda.ts';
import type { WorkQueue } from './parts/work-queue.ts';

export interface MonitoringProps {
  readonly api: HttpApi;
  readonly inbound: Readonly<Record<string, InboundSource>>;
  readonly outbound: Outbound;
  readonly alarmAction: IAlarmAction;
}

const namespace = 'Hookline';

/** One dashboard, and the alarms that belong to no single queue. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const sources = Object.values(props.inbound);
    const { outbound } = props;
    const functions = [
      ...sources.flatMap(({ receive, consume }) => [receive, consume]),
      outbound.publish,
      outbound.sweep,
    ];
    this.alarmOnLoops(functions, props.alarmAction);
    this.alarmOnSweep(outbound, props.alarmAction);
    this.alarmOnGateway(props);

    this.addDashboard(props, functions);
  }

  private addDashboard({ api, inbound, outbound }: MonitoringProps, functions: readonly NodeLambda[]): void {
    const works = [
      ...Object.values(inbound).map(({ work }) => work),
      outbound.publishing,
      outbound.delivering,
    ];
    const { deliver } = outbound;
    const queues = works.map(({ queue }) => queue);
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          graph('Requests and gateway errors', [
            api.metricCount(),
            api.metricServerError(),
            api.metricClientError(),
          ]),
          graph(
            'Errors of the functions',
            [...functions, deliver].map((fn) => fn.metricErrors()),
          ),
          graph('Accepted and never attempted', [neverAttempted()]),
        ],
        [
          graph(
            'Waiting',
            queues.map((queue) => queue.metricApproximateNumberOfMessagesVisible()),
          ),
          graph(
            'Age of the oldest, in seconds',
            queues.map((queue) => queue.metricApproximateAgeOfOldestMessage()),
          ),
          graph('Dead letters', deadLetters(works, outbound)),
        ],
        [
          graph('Deliver: duration and concurrency', [
            deliver.metricDuration(),
            deliver.metric('ConcurrentExecutions'),
          ]),
        ],
      ],
    });
  }

  /** Only deliver may loop; a loop of any other function is a bug that Lambda stops. */
  private alarmOnLoops(functions: readonly NodeLambda[], action: IAlarmAction): void {
    for (const fn of functions) {
      new ImpactAlarm(this, `Loop-${fn.node.path.replaceAll('/', '-')}`, {
        metric: fn.metric('RecursiveInvocationsDropped', { statistic: 'Sum', period: Duration.minutes(5) }),
        impact: 'Lambda stopped a loop of this function; its messages go to the DLQ.',
        firstStep:
          'Find what sends to the queue that this function consumes; it must not be the function itself.',
        action,
      });
    }
  }

  private alarmOnSweep(outbound: Outbound, action: IAlarmAction): void {
    new ImpactAlarm(this, 'SweepAlarm', {
      metric: outbound.sweep.metricInvocations({ statistic: 'Sum', period: Duration.minutes(5) }),
      below: 1,
      impact: 'Retries over 15 minutes and whatever a crash left behind are not sent.',
      firstStep: 'Check that the schedule is enabled and that the sweep function may run.',
      action,
    });
    new ImpactAlarm(this, 'NeverAttemptedAlarm', {
      metric: neverAttempted(),
      impact: 'Published events were accepted but not tried within minutes; the sweep sends them now.',
      firstStep:
        'See whether the deliver function is throttled or failing, and the age of the delivery queue.',
      action,
    });
  }

  private alarmOnGateway(props: MonitoringProps): void {
    new ImpactAlarm(this, 'GatewayErrors', {
      metric: props.api.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) }),
      impact: 'Providers get 5xx answers and send again later.',
      firstStep:
        'Look for 503 in the receivers’ logs (a secret not set, SQS out of reach), or bodies over 6 MB.',
      action: props.alarmAction,
    });
  }
}

const deadLetters = (works: readonly WorkQueue[], outbound: Outbound): IMetric[] =>
  [...works.map(({ dlq }) => dlq), outbound.subscriptionDlq].map((queue) =>
    queue.metricApproximateNumberOfMessagesVisible(),
  );

/** The sweep counts what was accepted and had no attempt when its time came. */
const neverAttempted = (): Metric =>
  new Metric({
    namespace,
    metricName: 'DeliveriesNeverAttempted',
    dimensionsMap: { service: 'sweep' },
    statistic: 'Sum',
    period: Duration.minutes(5),
  });

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 8 });
