import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { eachOf, worksOf } from './combined-alarms.ts';
import { nameOf } from './deployment-name.ts';
import type { InboundSource } from './inbound-source.ts';
import type { MonitoringProps } from './monitoring.ts';
import { lineMetric } from './parts/line-metric.ts';
import type { NodeLambda } from './parts/node-lambda.ts';
import { ownMetric } from './parts/own-metric.ts';
import type { WorkQueue } from './parts/work-queue.ts';

/** The dashboard: every queue, every function, and what the alarms watch. */
export function addDashboard(scope: Construct, props: MonitoringProps): void {
  const { outbound, management } = props;
  const inbound = eachOf(props.inbound);
  const works = [...inbound.map(({ work }) => work), ...worksOf(outbound)];
  const ownDlqs = outbound === undefined ? [] : [outbound.undelivered, outbound.subscriptionDlq];
  const dlqs = [...new Set(works.map(({ dlq }) => dlq)), ...ownDlqs];
  const lambdas = [
    ...inbound.flatMap(({ receive, consume }) => [receive, consume]),
    ...(outbound === undefined ? [] : [outbound.publish, outbound.deliver, outbound.sweep]),
    management.lambda,
  ];
  new Dashboard(scope, 'Dashboard', {
    widgets: [
      gatewayWidgets(scope, props),
      queueWidgets(works),
      [
        graph('Dead letters', dlqs.map(visible)),
        graph('Errors of functions', lambdas.map(errors)),
        graph('Throttled functions', lambdas.map(throttles)),
      ],
      workWidgets(scope, inbound, outbound),
    ],
  });
}

const gatewayWidgets = (scope: Construct, { inbound, management }: MonitoringProps): GraphWidget[] => {
  const managed = management.api.metricServerError({ label: 'management API, 5xx' });
  if (inbound === undefined) return [graph('Refused requests', [managed])];
  const { api } = inbound.api;
  return [
    graph('Requests', [api.metricCount(), api.metricClientError(), api.metricServerError()]),
    graph('Refused requests', [
      ...Object.keys(inbound.settings).map((source) =>
        lineMetric(scope, { ...plain, name: 'RequestsRefused', dimensions: { source } }).with({
          label: `refused: ${source}`,
        }),
      ),
      lineMetric(scope, { ...plain, name: 'RequestsThrottled' }),
      managed,
    ]),
    graph('Answer time (p99)', [api.metricLatency({ statistic: Stats.p(99) })]),
  ];
};

const queueWidgets = (works: readonly WorkQueue[]): GraphWidget[] => {
  const queues = works.map(({ queue }) => queue);
  return [
    graph('Waiting messages', queues.map(visible)),
    graph('In flight', queues.map(inFlight)),
    graph('Age of the oldest message', queues.map(oldest)),
  ];
};

const workWidgets = (
  scope: Construct,
  inbound: readonly InboundSource[],
  outbound: MonitoringProps['outbound'],
): GraphWidget[] => {
  const consumers = inbound.map(({ consumerName: consumer }) =>
    ownMetric(scope, { ...plain, name: 'WorkErrored', service: 'consume', dimensions: { consumer } }).with({
      label: `WorkErrored (consume ${consumer})`,
    }),
  );
  if (outbound === undefined) return [graph('Errored', consumers)];
  return [
    graph('Never attempted, and errored', [
      ownMetric(scope, { ...plain, name: 'DeliveriesNeverAttempted', service: 'sweep' }),
      ownMetric(scope, { ...plain, name: 'DeliveriesNeverAttempted', service: 'deliver' }),
      ...(['publish', 'deliver', 'sweep'] as const).map((service) =>
        ownMetric(scope, { ...plain, name: 'WorkErrored', service }),
      ),
      ...consumers,
    ]),
    ...deliveryWidgets(scope),
  ];
};

const deliveryWidgets = (scope: Construct): GraphWidget[] => [
  graph('Attempts', [
    ownMetric(scope, {
      ...plain,
      name: 'WebhookDeliveryAttempts',
      service: 'deliver',
      dimensions: { status: '2xx' },
    }),
    ownMetric(scope, { ...plain, name: 'AttemptsFailed', service: 'deliver' }),
  ]),
  graph('Longest wait for the limits of an endpoint, in seconds', [
    ownMetric(scope, { ...plain, name: 'LimitWaitTime', service: 'deliver' }),
  ]),
  graph('Endpoints in trouble', [
    ownMetric(scope, { ...plain, name: 'EndpointsDown', service: 'sweep' }),
    ownMetric(scope, { ...plain, name: 'EndpointsKnown', service: 'sweep' }),
    ownMetric(scope, { ...plain, name: 'EndpointsDisabled', service: 'deliver' }),
    ownMetric(scope, { ...plain, name: 'BreakersOpened', service: 'deliver' }),
    ownMetric(scope, { ...plain, name: 'DeliveriesHeld', service: 'deliver' }),
    ownMetric(scope, { ...plain, name: 'DeliveriesHeld', service: 'publish' }),
  ]),
];

const plain = { dimensions: {}, period: Duration.minutes(5) } as const;

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 8 });

const visible = (queue: Queue): IMetric =>
  queue.metricApproximateNumberOfMessagesVisible({ label: nameOf(queue) });
const inFlight = (queue: Queue): IMetric =>
  queue.metricApproximateNumberOfMessagesNotVisible({ label: nameOf(queue) });
const oldest = (queue: Queue): IMetric => queue.metricApproximateAgeOfOldestMessage({ label: nameOf(queue) });
const errors = (lambda: NodeLambda): IMetric => lambda.metricErrors({ label: nameOf(lambda) });
const throttles = (lambda: NodeLambda): IMetric => lambda.metricThrottles({ label: nameOf(lambda) });
