import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption, QueuePolicy, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { queues, type WorkerTimes } from '../settings.ts';
import { SettingsError } from '../settings-error.ts';
import { ImpactAlarm } from './impact-alarm.ts';

export interface WorkQueueProps {
  /** Of the function that consumes the queue; the visibility timeout is derived from its timeout. */
  readonly times: WorkerTimes;
  /** What a message in the DLQ means, in one sentence. */
  readonly impact: string;
  /** What to do about it first. */
  readonly firstStep: string;
  /** A message this old says that the consumer does not work. */
  readonly oldestMessage: Duration;
  readonly alarmAction: IAlarmAction;
  /** Of both queues: what they hold was accepted. */
  readonly removalPolicy: RemovalPolicy;
}

export interface ConsumeOptions {
  readonly batchSize: number;
  /** Functions that run at once. @default as many as Lambda likes */
  readonly maxConcurrency?: number;
}

/** queue (7 days) → DLQ (14 days): encrypted, TLS-only, with alarms on age and on any dead letter */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly dlq: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    checkTimes(this.node.path, props.times);
    this.dlq = deadLetterQueue(this, 'Dlq', props.removalPolicy);
    this.queue = keptQueue(this, 'Queue', {
      removalPolicy: props.removalPolicy,
      visibilityTimeout: props.times.visibility,
      retentionPeriod: queues.retention,
      deadLetterQueue: { queue: this.dlq, maxReceiveCount: queues.maxReceiveCount },
    });
    deadLetterAlarm(this, 'DlqAlarm', this.dlq, props);
    new ImpactAlarm(this, 'AgeAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      above: props.oldestMessage.toSeconds(),
      impact: `Messages wait for more than ${props.oldestMessage.toHumanString()}; after 7 days SQS drops them.`,
      firstStep: "Read the consumer's log; see whether it is throttled or its event source disabled.",
      action: props.alarmAction,
    });
  }

  /** Has a function consume the queue, with partial batch failures. */
  consumeWith(consumer: IFunction, options: ConsumeOptions): void {
    consumer.addEventSource(new SqsEventSource(this.queue, { ...options, reportBatchItemFailures: true }));
  }
}

/** Encrypted and TLS-only, also when it has left its stack: its policy stays as long as it does. */
function keptQueue(scope: Construct, id: string, props: QueueProps): Queue {
  const queue = new Queue(scope, id, {
    ...props,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
  for (const child of queue.node.children) {
    if (child instanceof QueuePolicy && props.removalPolicy) child.applyRemovalPolicy(props.removalPolicy);
  }
  return queue;
}

/** A queue where messages wait for a human. */
export function deadLetterQueue(scope: Construct, id: string, removalPolicy: RemovalPolicy): Queue {
  const queue = keptQueue(scope, id, { removalPolicy, retentionPeriod: queues.dlqRetention });
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'It is a dead-letter queue itself.' });
  return queue;
}

/** An alarm on any message in a DLQ. */
export function deadLetterAlarm(
  scope: Construct,
  id: string,
  dlq: Queue,
  props: Pick<WorkQueueProps, 'impact' | 'firstStep' | 'alarmAction'>,
): void {
  new ImpactAlarm(scope, id, {
    metric: dlq.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
    impact: props.impact,
    firstStep: props.firstStep,
    action: props.alarmAction,
  });
}

/**
 * A live worker must keep its claim, and a redelivered message must find the claim of a dead one expired.
 *
 * @throws SettingsError with the three numbers
 */
export function checkTimes(where: string, { timeout, lease, visibility }: WorkerTimes): void {
  const [worker, claim, queue] = [timeout.toSeconds(), lease.toSeconds(), visibility.toSeconds()];
  if (worker < claim && claim < queue) return;
  throw new SettingsError(
    `${where}: function timeout (${worker} s) < lease (${claim} s) < visibility timeout (${queue} s) does not hold`,
  );
}
