import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OutboundSettings } from '../lambdas/domain/outbound-settings.ts';
import {
  attentionIndex,
  byEndpointIndex,
  dueIndex,
  otherItems,
  payloadPrefixes,
  stoppedIndex,
  waitingIndex,
} from '../lambdas/domain/tables.ts';
import type { DeliverEnv, PublishEnv, SweepEnv } from '../lambdas/env.ts';
import { type Network, networkOf } from './egress.ts';
import { deliverTimeoutOf, type OutboundProps, outboundSettings } from './outbound-settings.ts';
import { OutboundStores } from './outbound-stores.ts';
import { grantKeyUse } from './parts/key-use.ts';
import { type FunctionDefaults, NodeLambda, type NodeLambdaProps } from './parts/node-lambda.ts';
import { PayloadTopic } from './parts/payload-topic.ts';
import { tagQueue } from './parts/queue-tags.ts';
import { RateSchedule } from './parts/rate-schedule.ts';
import type { RecordTable } from './parts/record-table.ts';
import { subscribeQueue } from './parts/subscribe-queue.ts';
import { deadLetterQueue, WorkQueue } from './parts/work-queue.ts';
import { type PublishFromBusProps, publishFromBus } from './publish-from-bus.ts';
import { batches, functions, outboundDefaults, sidelineConcurrency, workerTimes } from './settings.ts';
import type { UnitsByTable } from './table-units.ts';

export interface OutboundConstructProps {
  readonly outbound: OutboundProps;
  /** Whether endpoints may be http on loopback; only for the local AWS. */
  readonly localEndpoints: boolean;
  /** The DLQs of the sources; the sweep reads their attributes. */
  readonly deadLetterQueues: readonly Queue[];
  readonly payloads: Bucket;
  readonly alarmAction: IAlarmAction;
  readonly removalPolicy: RemovalPolicy;
  /** @default - keys of the services */
  readonly encryptionKey?: IKey;
  readonly maxTableUnits: UnitsByTable;
  readonly functions: FunctionDefaults;
}

/** topic → publish queue → λ publish → delivery and sideline queue → λ deliver → deliveries table (+DLQs, undelivered queue); λ sweep, every minute → operations topic */
export class Outbound extends Construct {
  /** Apps publish here; `grantPublish` lets them. */
  readonly topic: Topic;
  /** Notices for operators: disabled endpoints, failed deliveries. */
  readonly operations: Topic;
  readonly signingSecret: Secret;
  readonly masterSecret: Secret;
  readonly events: RecordTable;
  readonly deliveries: RecordTable;
  readonly endpoints: RecordTable;
  readonly publishing: WorkQueue;
  readonly delivering: WorkQueue;
  /** The tasks of endpoints that are slow or down, with fewer functions of their own. Shares the DLQ of `delivering`. */
  readonly sideline: WorkQueue;
  /** Dead letters by a fault of endpoints, so no alarm watches this queue. */
  readonly undelivered: Queue;
  readonly subscriptionDlq: Queue;
  readonly publish: NodeLambda;
  readonly deliver: NodeLambda;
  readonly sweep: NodeLambda;
  /** The settings, compiled into the functions. */
  readonly settings: OutboundSettings;
  /** Where λ deliver runs; undefined outside any VPC. */
  readonly network: Network | undefined;
  private readonly props: OutboundConstructProps;

  constructor(scope: Construct, id: string, props: OutboundConstructProps) {
    super(scope, id);
    this.props = props;
    this.settings = outboundSettings(props.outbound, props.localEndpoints);
    const { egress } = props.outbound;
    this.network = egress && networkOf(this, egress, this.settings.allowedPorts);
    const stores = new OutboundStores(this, 'Stores', props);
    this.events = stores.events;
    this.deliveries = stores.deliveries;
    this.endpoints = stores.endpoints;
    this.signingSecret = stores.signingSecret;
    this.masterSecret = stores.masterSecret;
    const { alarmAction, removalPolicy, encryptionKey } = props;
    const kept = { alarmAction, removalPolicy, encryptionKey };
    this.publishing = new WorkQueue(this, 'Publishing', {
      times: workerTimes(functions.publishTimeout),
      impact: 'A published message went to the DLQ: it is malformed, or its endpoint does not exist.',
      firstStep: 'Run npx hookline dlq list publish to see why; fix the publisher, then redrive.',
      oldestMessage: Duration.minutes(15),
      ...kept,
    });
    const tasks = {
      times: workerTimes(deliverTimeoutOf(props.outbound)),
      impact: 'A delivery went to the DLQ through a fault of this stack, not of its endpoint.',
      firstStep:
        'Run npx hookline dlq list delivery to see why; fix it, then npx hookline dlq redrive delivery.',
      oldestMessage: Duration.hours(1),
      ...kept,
    };
    this.delivering = new WorkQueue(this, 'Delivering', tasks);
    this.sideline = new WorkQueue(this, 'Sideline', { ...tasks, beside: this.delivering });
    this.undelivered = deadLetterQueue(this, 'Undelivered', props);
    this.topic = new PayloadTopic(this, 'Topic', encryptionKey);
    this.operations = new PayloadTopic(this, 'Operations', encryptionKey);
    this.subscriptionDlq = subscribeQueue(this, this.topic, this.publishing.queue, props);
    this.tagQueues();
    this.publish = this.publisher();
    this.deliver = this.deliverer();
    this.sweep = this.sweeper();
    // A version that reads manifests, and all partitions of what is held, is deployed before those that write them.
    this.publish.node.addDependency(this.sweep);
    this.deliver.node.addDependency(this.sweep);
  }

  /**
   * Publishes the events of an EventBridge bus. An event that names no tenant goes to the publish DLQ.
   * @example hooks.outbound.from(bus, { detailType: 'invoice.*', tenant: '$.detail.customerId' })
   */
  from(bus: IEventBus, props: PublishFromBusProps): Rule {
    return publishFromBus(this, bus, this.publishing.queue, props, this.props);
  }

  /** Allows an app to publish events, to the topic and to its queue. */
  grantPublish(app: IGrantable): void {
    this.topic.grantPublish(app);
    this.publishing.queue.grantSendMessages(app);
    grantKeyUse(this, this.props.encryptionKey, app, ['sqs:SendMessage']);
  }

  private tagQueues(): void {
    tagQueue(this.publishing.queue, 'publish');
    tagQueue(this.publishing.dlq, 'publish-dead-letters');
    tagQueue(this.delivering.queue, 'delivery');
    tagQueue(this.sideline.queue, 'sideline');
    tagQueue(this.delivering.dlq, 'delivery-dead-letters');
    tagQueue(this.undelivered, 'undelivered');
    tagQueue(this.subscriptionDlq, 'subscription');
  }

  private publisher(): NodeLambda {
    const environment = {
      ...this.shared(),
      PUBLISH_QUEUE_URL: this.publishing.queue.queueUrl,
      PUBLISH_DLQ_URL: this.publishing.dlq.queueUrl,
      PAYLOAD_BUCKET: this.props.payloads.bucketName,
    } satisfies PublishEnv;
    const description = 'Records published events and starts their deliveries';
    const publish = this.worker('publish', description, environment, functions.publishTimeout);
    const maxConcurrency =
      this.props.outbound.publishMaxConcurrency ?? outboundDefaults.publishMaxConcurrency;
    this.publishing.consumeWith(publish, { batchSize: batches.publish, maxConcurrency });
    publish.allow(['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem'], this.events.tableArn);
    publish.allow(['dynamodb:PutItem', 'dynamodb:GetItem'], this.deliveries.tableArn);
    // Several writes go in one call, as statements.
    publish.allow(['dynamodb:PartiQLInsert'], this.events.tableArn, this.deliveries.tableArn);
    publish.allow(['dynamodb:PartiQLUpdate'], this.events.tableArn);
    publish.allow(['dynamodb:GetItem', 'dynamodb:Query'], this.endpoints.tableArn);
    publish.allowItems(['dynamodb:PutItem'], this.endpoints.tableArn, `${otherItems.manifest}*`);
    const { delivering, publishing } = this;
    // Sends to its own queue once, for the ranges of a large tenant.
    publish.allow(
      ['sqs:SendMessage'],
      ...[delivering.queue.queueArn, publishing.queue.queueArn, publishing.dlq.queueArn],
    );
    publish.allowObjects(['s3:PutObject', 's3:GetObject'], this.props.payloads, payloadPrefixes.outbound);
    return publish;
  }

  private deliverer(): NodeLambda {
    const { outbound, payloads } = this.props;
    const environment = {
      ...this.shared(),
      SIDELINE_QUEUE_URL: this.sideline.queue.queueUrl,
      DELIVERY_DLQ_URL: this.delivering.dlq.queueUrl,
      UNDELIVERED_QUEUE_URL: this.undelivered.queueUrl,
      PAYLOAD_BUCKET: payloads.bucketName,
      SIGNING_SECRET: this.signingSecret.secretArn,
      MASTER_SECRET: this.masterSecret.secretArn,
      OPERATIONS_TOPIC_ARN: this.operations.topicArn,
      REFUSED_RANGES: this.network?.refusedRanges ?? '',
    } satisfies DeliverEnv;
    const description = 'Signs deliveries, posts them, and records the outcomes';
    const deliver = this.worker('deliver', description, environment, deliverTimeoutOf(outbound), {
      // A retry is SQS → Lambda → the same SQS queue, which loop detection would end after 16 rounds.
      recursiveLoop: RecursiveLoop.ALLOW,
      network: this.network,
    });
    const maxConcurrency = outbound.maxConcurrency ?? outboundDefaults.maxConcurrency;
    this.delivering.consumeWith(deliver, { batchSize: batches.deliver, maxConcurrency });
    this.sideline.consumeWith(deliver, {
      batchSize: batches.deliver,
      maxConcurrency: sidelineConcurrency(maxConcurrency),
    });
    deliver.allow(['dynamodb:GetItem'], this.events.tableArn);
    const { deliveries, endpoints } = this;
    deliver.allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], deliveries.tableArn, endpoints.tableArn);
    deliver.allow(['dynamodb:PartiQLUpdate'], deliveries.tableArn);
    // An endpoint and its limiter are read by one call.
    deliver.allow(['dynamodb:BatchGetItem'], endpoints.tableArn);
    // A test by hand that succeeds releases the waiting deliveries.
    deliver.allow(['dynamodb:Query'], deliveries.indexArn(waitingIndex.name));
    deliver.allow(['sqs:SendMessage'], ...this.deliveryQueueArns(), this.sideline.queue.queueArn);
    deliver.allowObjects(['s3:GetObject'], payloads, payloadPrefixes.outbound);
    deliver.allow(
      ['secretsmanager:GetSecretValue'],
      this.signingSecret.secretArn,
      this.masterSecret.secretArn,
    );
    deliver.allow(['sns:Publish'], this.operations.topicArn);
    return deliver;
  }

  private sweeper(): NodeLambda {
    const watched = [
      ...this.props.deadLetterQueues,
      ...[this.publishing.dlq, this.delivering.dlq, this.subscriptionDlq],
    ];
    const environment = {
      ...this.shared(),
      DELIVERY_DLQ_URL: this.delivering.dlq.queueUrl,
      UNDELIVERED_QUEUE_URL: this.undelivered.queueUrl,
      OPERATIONS_TOPIC_ARN: this.operations.topicArn,
      DEAD_LETTER_QUEUES: watched.map(({ queueName }) => queueName).join(','),
    } satisfies SweepEnv;
    const description = 'Sends what is due: long retries and lost tasks';
    const sweep = this.worker('sweep', description, environment, functions.sweepTimeout, { once: true });
    sweep.allow(
      ['dynamodb:Query'],
      this.deliveries.indexArn(dueIndex.name),
      this.deliveries.indexArn(stoppedIndex.name),
      this.deliveries.indexArn(byEndpointIndex.name),
      this.deliveries.indexArn(waitingIndex.name),
      this.endpoints.indexArn(attentionIndex.name),
    );
    sweep.allow(
      ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      this.deliveries.tableArn,
      this.endpoints.tableArn,
    );
    sweep.allow(['dynamodb:BatchGetItem'], this.deliveries.tableArn);
    const manifests = `${otherItems.manifest}*`;
    sweep.allowItems(['dynamodb:Query', 'dynamodb:DeleteItem'], this.endpoints.tableArn, manifests);
    // Needed once; later, endpoints are counted when they are created and deleted.
    sweep.allow(['dynamodb:Scan'], this.endpoints.tableArn);
    sweep.allow(['sns:Publish'], this.operations.topicArn);
    sweep.allow(['dynamodb:UpdateItem'], this.events.tableArn);
    sweep.allow(['sqs:SendMessage'], ...this.deliveryQueueArns());
    // Keeps SQS measuring them.
    sweep.allow(['sqs:GetQueueAttributes'], ...watched.map(({ queueArn }) => queueArn));
    new RateSchedule(this, 'SweepSchedule', {
      lambda: sweep,
      rate: '1 minute',
      encryptionKey: this.props.encryptionKey,
    });
    return sweep;
  }

  /** Sends tasks and dead letters. */
  private deliveryQueueArns(): readonly string[] {
    const { delivering, undelivered } = this;
    return [delivering.queue.queueArn, delivering.dlq.queueArn, undelivered.queueArn];
  }

  private shared() {
    return {
      OUTBOUND_EVENTS_TABLE: this.events.tableName,
      DELIVERIES_TABLE: this.deliveries.tableName,
      ENDPOINTS_TABLE: this.endpoints.tableName,
      DELIVERY_QUEUE_URL: this.delivering.queue.queueUrl,
    };
  }

  private worker(
    entry: 'publish' | 'deliver' | 'sweep',
    description: string,
    environment: Readonly<Record<string, string>>,
    timeout: Duration,
    more: Pick<NodeLambdaProps, 'recursiveLoop' | 'once' | 'network'> = {},
  ): NodeLambda {
    const id = `${entry[0]?.toUpperCase()}${entry.slice(1)}`;
    return new NodeLambda(this, id, {
      entry,
      description,
      settings: this.settings,
      environment,
      timeout,
      defaults: this.props.functions,
      ...more,
    });
  }
}
