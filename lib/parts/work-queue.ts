import { Duration, Validations } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { maxReceiveCount, SettingsError, visibilityFor } from '../settings.ts';
import { ImpactAlarm } from './impact-alarm.ts';

export interface WorkQueueProps {
  /** The consumer's timeout; the visibility timeout is derived from it. */
  readonly consumerTimeout: Duration;
  /** How long a claim holds; checked against both. @default the consumer makes no claims */
  readonly lease?: Duration;
  /** What a message in the DLQ means for users, in one sentence. */
  readonly impact: string;
  readonly firstStep: string;
  readonly alarmAction: IAlarmAction;
}

/** queue (7 days) → DLQ (14 days), both with alarms, encrypted and TLS-only. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly dlq: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const visibilityTimeout = visibilityFor(props.consumerTimeout);
    checkLease(this, props.consumerTimeout, props.lease, visibilityTimeout);

    this.dlq = deadLetterQueue(this, 'Dlq');
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod: Duration.days(7),
      deadLetterQueue: { queue: this.dlq, maxReceiveCount },
    });

    new ImpactAlarm(this, 'DlqAlarm', {
      metric: this.dlq.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      impact: props.impact,
      firstStep: props.firstStep,
      action: props.alarmAction,
    });
    new ImpactAlarm(this, 'AgeAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      // Far below the 7 days after which SQS drops it, above the longest handler retry.
      above: Duration.hours(6).toSeconds(),
      impact: 'Events wait for hours; after 7 days SQS drops them.',
      firstStep: 'See whether the consumer is throttled or disabled, and what its log says.',
      action: props.alarmAction,
    });
  }

  /** Has the function consume the queue, with partial batch failures. */
  consumeWith(consumer: IFunction, batchSize: number, maxConcurrency?: number): void {
    consumer.addEventSource(
      new SqsEventSource(this.queue, { batchSize, reportBatchItemFailures: true, maxConcurrency }),
    );
  }
}

/** 14 days is the most that SQS keeps. */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'It is a dead-letter queue itself.' });
  return queue;
}

/** A redelivery must find an expired lease, and a live worker must never lose its own. */
function checkLease(
  scope: Construct,
  timeout: Duration,
  lease: Duration | undefined,
  visibility: Duration,
): void {
  if (lease === undefined) return;
  const [t, l, v] = [timeout, lease, visibility].map((span) => span.toSeconds());
  if (t !== undefined && l !== undefined && v !== undefined && t < l && l < v) return;
  throw new SettingsError(
    `${scope.node.path}: function timeout (${t} s) < lease (${l} s) < visibility timeout (${v} s) must hold; raise the timeout`,
  );
}
