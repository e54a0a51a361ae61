import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { dueIndex, payloadPrefixes } from '../lambdas/domain/tables.ts';
import type { DeliverEnv, PublishEnv, SweepEnv } from '../lambdas/env.ts';
import { deliverTimeoutOf, type OutboundProps, outboundSettings } from './outbound-settings.ts';
import { MinuteSchedule } from './parts/minute-schedule.ts';
import { type FunctionDefaults, NodeLambda } from './parts/node-lambda.ts';
import { RecordTable } from './parts/record-table.ts';
import { deadLetterAlarm, deadLetterQueue, WorkQueue } from './parts/work-queue.ts';
import { batches, functions, outboundDefaults, workerTimes } from './settings.ts';

export interface OutboundConstructProps {
  readonly outbound: OutboundProps;
  /** http to loopback is allowed: on the laptop only. */
  readonly localEndpoints: boolean;
  readonly payloads: Bucket;
  readonly alarmAction: IAlarmAction;
  readonly removalPolicy: RemovalPolicy;
  readonly functions: FunctionDefaults;
}

/** topic → publish queue → λ publish → delivery queue → λ deliver → deliveries table (+DLQs); λ sweep, every minute */
export class Outbound extends Construct {
  /** Apps publish here; `grantPublish` lets them. */
  readonly topic: Topic;
  readonly signingSecret: Secret;
  readonly events: RecordTable;
  readonly deliveries: RecordTable;
  readonly publishing: WorkQueue;
  readonly delivering: WorkQueue;
  readonly subscriptionDlq: Queue;
  readonly publish: NodeLambda;
  readonly deliver: NodeLambda;
  readonly sweep: NodeLambda;
  private readonly props: OutboundConstructProps;

  constructor(scope: Construct, id: string, props: OutboundConstructProps) {
    super(scope, id);
    this.props = props;
    const { removalPolicy } = props;
    this.events = new RecordTable(this, 'Events', { removalPolicy });
    this.deliveries = new RecordTable(this, 'Deliveries', { removalPolicy, index: dueIndex });
    this.signingSecret = this.generatedSecret();
    this.publishing = new WorkQueue(this, 'Publishing', {
      times: workerTimes(functions.publishTimeout),
      impact: 'A published message was given up: it is malformed, or addresses nothing.',
      firstStep: 'npx hookline dlq list publish says what is wrong; fix the publisher, then redrive.',
      oldestMessage: Duration.minutes(15),
      alarmAction: props.alarmAction,
    });
    this.delivering = new WorkQueue(this, 'Delivering', {
      times: workerTimes(deliverTimeoutOf(props.outbound)),
      impact: 'An endpoint did not get an event, and nobody tries again.',
      firstStep: 'npx hookline dlq list delivery says why; npx hookline dlq redrive delivery tries again.',
      oldestMessage: Duration.hours(1),
      alarmAction: props.alarmAction,
    });
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    this.subscriptionDlq = this.subscribePublishQueue();
    this.publish = this.publisher();
    this.deliver = this.deliverer();
    this.sweep = this.sweeper();
  }

  /** 44 letters and digits: valid base64, of 33 random bytes. */
  private generatedSecret(): Secret {
    const secret = new Secret(this, 'SigningSecret', {
      description: 'Signs what is sent to endpoints without a secret of their own',
      generateSecretString: { passwordLength: 44, excludePunctuation: true },
      removalPolicy: this.props.removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Receivers hold the same key: it is rotated together with them, never by a timer.',
    });
    return secret;
  }

  /**
   * Raw delivery stays off: the envelope carries the id that stays the same when SNS sends twice. What SNS cannot hand
   * over it would discard, were there no DLQ at the subscription itself.
   */
  private subscribePublishQueue(): Queue {
    const deadLetters = deadLetterQueue(this, 'SubscriptionDlq');
    this.topic.addSubscription(
      new SqsSubscription(this.publishing.queue, { rawMessageDelivery: false, deadLetterQueue: deadLetters }),
    );
    deadLetterAlarm(this, 'SubscriptionDlqAlarm', deadLetters, {
      impact: 'SNS could not hand a published message to the publish queue; its event was not sent.',
      firstStep: "Look at the publish queue's policy, then npx hookline dlq redrive subscription.",
      alarmAction: this.props.alarmAction,
    });
    return deadLetters;
  }

  private publisher(): NodeLambda {
    const environment = {
      ...this.shared(),
      PUBLISH_DLQ_URL: this.publishing.dlq.queueUrl,
      PAYLOAD_BUCKET: this.props.payloads.bucketName,
    } satisfies PublishEnv;
    const description = 'Records published events and starts their deliveries';
    const publish = this.worker('publish', description, environment, functions.publishTimeout);
    this.publishing.consumeWith(publish, { batchSize: batches.publish });
    publish.allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], this.events.tableArn);
    publish.allow(['dynamodb:PutItem', 'dynamodb:GetItem'], this.deliveries.tableArn);
    publish.allow(['sqs:SendMessage'], this.delivering.queue.queueArn, this.publishing.dlq.queueArn);
    publish.allowObjects(['s3:PutObject'], this.props.payloads, payloadPrefixes.outbound);
    return publish;
  }

  private deliverer(): NodeLambda {
    const { outbound, payloads } = this.props;
    const environment = {
      ...this.shared(),
      DELIVERY_DLQ_URL: this.delivering.dlq.queueUrl,
      PAYLOAD_BUCKET: payloads.bucketName,
      SIGNING_SECRET: this.signingSecret.secretArn,
    } satisfies DeliverEnv;
    const description = 'Signs deliveries, posts them, and records what came of it';
    const deliver = this.worker('deliver', description, environment, deliverTimeoutOf(outbound), {
      // A retry is SQS → Lambda → the same SQS queue: loop detection would end it after 16 turns.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    const maxConcurrency = outbound.maxConcurrency ?? outboundDefaults.maxConcurrency;
    this.delivering.consumeWith(deliver, { batchSize: batches.deliver, maxConcurrency });
    deliver.allow(
      ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      this.events.tableArn,
      this.deliveries.tableArn,
    );
    deliver.allow(['sqs:SendMessage'], this.delivering.queue.queueArn, this.delivering.dlq.queueArn);
    deliver.allowObjects(['s3:GetObject'], payloads, payloadPrefixes.outbound);
    deliver.allow(['secretsmanager:GetSecretValue'], this.signingSecret.secretArn);
    return deliver;
  }

  private sweeper(): NodeLambda {
    const environment = {
      ...this.shared(),
      DELIVERY_DLQ_URL: this.delivering.dlq.queueUrl,
    } satisfies SweepEnv;
    const description = 'Sends what is due: long retries, and whatever was lost';
    const sweep = this.worker('sweep', description, environment, functions.sweepTimeout, { once: true });
    sweep.allow(['dynamodb:Query'], this.deliveries.indexArn(dueIndex.name));
    sweep.allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], this.deliveries.tableArn);
    sweep.allow(['dynamodb:UpdateItem'], this.events.tableArn);
    sweep.allow(['sqs:SendMessage'], this.delivering.queue.queueArn, this.delivering.dlq.queueArn);
    new MinuteSchedule(this, 'SweepSchedule', sweep);
    return sweep;
  }

  private shared() {
    return {
      OUTBOUND_EVENTS_TABLE: this.events.tableName,
      DELIVERIES_TABLE: this.deliveries.tableName,
      DELIVERY_QUEUE_URL: this.delivering.queue.queueUrl,
    };
  }

  private worker(
    entry: 'publish' | 'deliver' | 'sweep',
    description: string,
    environment: Readonly<Record<string, string>>,
    timeout: Duration,
    more: { readonly recursiveLoop?: RecursiveLoop; readonly once?: boolean } = {},
  ): NodeLambda {
    const settings = outboundSettings(this.props.outbound, this.props.localEndpoints);
    const id = `${entry[0]?.toUpperCase()}${entry.slice(1)}`;
    return new NodeLambda(this, id, {
      entry,
      description,
      settings,
      environment,
      timeout,
      defaults: this.props.functions,
      ...more,
    });
  }
}
