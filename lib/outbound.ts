import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OutboundSettings } from '../lambdas/domain/outbound-settings.ts';
import { dueIndex } from '../lambdas/domain/tables.ts';
import type { DeliverEnv, PublishEnv, SweepEnv } from '../lambdas/env.ts';
import { ImpactAlarm } from './parts/impact-alarm.ts';
import { type FunctionDefaults, NodeLambda } from './parts/node-lambda.ts';
import { allowObjects } from './parts/payload-bucket.ts';
import { indexArn, recordTable } from './parts/record-table.ts';
import { deadLetterQueue, WorkQueue } from './parts/work-queue.ts';
import {
  defaultConcurrency,
  deliverTimeoutOf,
  leaseFor,
  type OutboundProps,
  outboundSettings,
} from './settings.ts';

export interface OutboundConstructProps {
  readonly outbound: OutboundProps;
  /** Local work only: http to loopback. */
  readonly localEndpoints: boolean;
  readonly payloads: Bucket;
  readonly alarmAction: IAlarmAction;
  readonly dataRemoval: RemovalPolicy;
  readonly functions: FunctionDefaults;
}

const publishTimeout = Duration.seconds(60);
/** Below the minute between two runs, so that sweeps do not pile up. */
const sweepTimeout = Duration.seconds(55);
const publishBatchSize = 10;
/** Small: a batch is done when its slowest endpoint is. */
const deliverBatchSize = 5;

/** topic → publish queue → λ publish → delivery queue → λ deliver → deliveries table (+DLQs); λ sweep every minute */
export class Outbound extends Construct {
  readonly topic: Topic;
  readonly publishing: WorkQueue;
  readonly delivering: WorkQueue;
  readonly subscriptionDlq: Queue;
  readonly events: TableV2;
  readonly deliveries: TableV2;
  readonly signingSecret: Secret;
  readonly publish: NodeLambda;
  readonly deliver: NodeLambda;
  readonly sweep: NodeLambda;
  private readonly props: OutboundConstructProps;
  private readonly settings: OutboundSettings;

  constructor(scope: Construct, id: string, props: OutboundConstructProps) {
    super(scope, id);
    this.props = props;
    const deliverTimeout = deliverTimeoutOf(props.outbound);
    this.settings = outboundSettings(props.outbound, props.localEndpoints);

    this.events = recordTable(this, 'Events', { removal: props.dataRemoval });
    this.deliveries = recordTable(this, 'Deliveries', { removal: props.dataRemoval, index: dueIndex });
    this.signingSecret = this.generatedSecret();
    this.publishing = new WorkQueue(this, 'Publishing', {
      consumerTimeout: publishTimeout,
      impact:
        'Published messages were given up: malformed, or addressed to nobody. Their events were not sent.',
      firstStep: 'npx hookline dlq list publish says which field is wrong; fix the publisher, then redrive.',
      alarmAction: props.alarmAction,
    });
    this.delivering = new WorkQueue(this, 'Delivering', {
      consumerTimeout: deliverTimeout,
      lease: leaseFor(deliverTimeout),
      impact: 'An endpoint did not get an event, and nobody will try again.',
      firstStep: 'npx hookline dlq list delivery says why; npx hookline dlq redrive delivery tries again.',
      alarmAction: props.alarmAction,
    });
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    this.subscriptionDlq = this.subscribe();

    this.publish = this.publisher();
    this.deliver = this.deliverer(deliverTimeout);
    this.sweep = this.sweeper();
  }

  /** 44 letters and digits: base64 of 33 random bytes. */
  private generatedSecret(): Secret {
    const secret = new Secret(this, 'SigningSecret', {
      description: 'Signs deliveries to endpoints without a secret of their own',
      generateSecretString: { passwordLength: 44, excludePunctuation: true },
      removalPolicy: this.props.dataRemoval,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Receivers hold the same key: it is rotated together with them, by hookline secrets set.',
    });
    return secret;
  }

  /** Raw delivery stays off: the envelope carries the message id. What SNS cannot hand over, it would discard. */
  private subscribe(): Queue {
    const deadLetters = deadLetterQueue(this, 'SubscriptionDlq');
    this.topic.addSubscription(
      new SqsSubscription(this.publishing.queue, { rawMessageDelivery: false, deadLetterQueue: deadLetters }),
    );
    new ImpactAlarm(this, 'SubscriptionDlqAlarm', {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      impact: 'SNS could not hand published messages to the publish queue; their events were not sent.',
      firstStep: 'Check the publish queue and its policy, then npx hookline dlq redrive subscription.',
      action: this.props.alarmAction,
    });
    return deadLetters;
  }

  private publisher(): NodeLambda {
    const environment = {
      OUTBOUND_EVENTS_TABLE: this.events.tableName,
      DELIVERIES_TABLE: this.deliveries.tableName,
      DELIVERY_QUEUE_URL: this.delivering.queue.queueUrl,
      PUBLISH_DLQ_URL: this.publishing.dlq.queueUrl,
      PAYLOAD_BUCKET: this.props.payloads.bucketName,
    } satisfies PublishEnv;
    const publish = this.function(
      'Publish',
      'publish',
      'Records published events and their deliveries',
      environment,
      publishTimeout,
    );
    this.publishing.consumeWith(publish, publishBatchSize);
    publish.allow(
      ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
      [this.events.tableArn, this.deliveries.tableArn],
    );
    publish.allow(['sqs:SendMessage'], [this.delivering.queue.queueArn, this.publishing.dlq.queueArn]);
    allowObjects(publish, ['s3:PutObject'], this.props.payloads, 'outbound');
    return publish;
  }

  private deliverer(timeout: Duration): NodeLambda {
    const environment = {
      OUTBOUND_EVENTS_TABLE: this.events.tableName,
      DELIVERIES_TABLE: this.deliveries.tableName,
      DELIVERY_QUEUE_URL: this.delivering.queue.queueUrl,
      DELIVERY_DLQ_URL: this.delivering.dlq.queueUrl,
      PAYLOAD_BUCKET: this.props.payloads.bucketName,
      SIGNING_SECRET: this.signingSecret.secretArn,
    } satisfies DeliverEnv;
    const deliver = this.function('Deliver', 'deliver', 'Signs and posts deliveries', environment, timeout, {
      // A retry is SQS → Lambda → the same queue, which loop detection would stop after 16 turns.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    this.delivering.consumeWith(
      deliver,
      deliverBatchSize,
      this.props.outbound.maxConcurrency ?? defaultConcurrency.deliver,
    );
    deliver.allow(
      ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      [this.events.tableArn, this.deliveries.tableArn],
    );
    deliver.allow(['sqs:SendMessage'], [this.delivering.queue.queueArn, this.delivering.dlq.queueArn]);
    allowObjects(deliver, ['s3:GetObject'], this.props.payloads, 'outbound');
    deliver.allow(['secretsmanager:GetSecretValue'], [this.signingSecret.secretArn]);
    return deliver;
  }

  private sweeper(): NodeLambda {
    const environment = {
      OUTBOUND_EVENTS_TABLE: this.events.tableName,
      DELIVERIES_TABLE: this.deliveries.tableName,
      DELIVERY_QUEUE_URL: this.delivering.queue.queueUrl,
      DELIVERY_DLQ_URL: this.delivering.dlq.queueUrl,
    } satisfies SweepEnv;
    const sweep = this.function(
      'Sweep',
      'sweep',
      'Sends what is due and was lost',
      environment,
      sweepTimeout,
      {
        retryAttempts: 0,
      },
    );
    sweep.allow(['dynamodb:Query'], [indexArn(this.deliveries, dueIndex.name)]);
    sweep.allow(
      ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      [this.deliveries.tableArn, this.events.tableArn],
    );
    sweep.allow(['sqs:SendMessage'], [this.delivering.queue.queueArn, this.delivering.dlq.queueArn]);
    this.runEveryMinute(sweep);
    return sweep;
  }

  /** Without retries: the next minute's run does the same. */
  private runEveryMinute(sweep: NodeLambda): void {
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [sweep.functionArn] }),
    );
    new Schedule(this, 'EveryMinute', {
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      timeWindow: TimeWindow.off(),
      // The role as it is: the target would add every version and alias of the function.
      target: new LambdaInvoke(sweep, {
        role: role.withoutPolicyUpdates(),
        retryAttempts: 0,
        maxEventAge: Duration.seconds(60),
      }),
    });
  }

  private function(
    id: string,
    entry: 'publish' | 'deliver' | 'sweep',
    description: string,
    environment: Readonly<Record<string, string>>,
    timeout: Duration,
    more: { readonly recursiveLoop?: RecursiveLoop; readonly retryAttempts?: number } = {},
  ): NodeLambda {
    const { settings, props } = this;
    return new NodeLambda(this, id, {
      entry,
      description,
      settings,
      environment,
      timeout,
      defaults: props.functions,
      ...more,
    });
  }
}
