import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { type IAlarmAction, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnQueue, Queue, QueueEncryption, QueuePolicy, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { queues, type WorkerTimes } from '../settings.ts';
import { SettingsError } from '../settings-error.ts';
import { acknowledge } from './acknowledge.ts';
import { ImpactAlarm } from './impact-alarm.ts';
import { grantKeyUse } from './key-use.ts';
import { lasting, sumOf } from './own-metric.ts';

const fiveMinutes = Duration.minutes(5);

export interface WorkQueueProps {
  /** The timeout of the function that consumes the queue; the visibility timeout is derived from it. */
  readonly times: WorkerTimes;
  /** What a message in the DLQ means, in one sentence. */
  readonly impact: string;
  /** The first step, in one sentence. */
  readonly firstStep: string;
  /** A message that is older than this shows that the consumer does not work. */
  readonly oldestMessage: Duration;
  readonly alarmAction: IAlarmAction;
  /** The removal policy of both queues. */
  readonly removalPolicy: RemovalPolicy;
  /** The key of both queues. @default - that of SQS */
  readonly encryptionKey?: IKey;
  /** A queue with the same consumer. Its DLQ and its alarms on the DLQ and the consumer serve this queue, too. @default none */
  readonly beside?: WorkQueue;
}

export interface ConsumeOptions {
  readonly batchSize: number;
  /** The most functions that run at once. @default - Lambda decides */
  readonly maxConcurrency?: number;
}

/** queue (7 days) → DLQ (14 days): encrypted, TLS-only, with alarms on age, on its consumer and on new dead letters */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly dlq: Queue;
  private readonly props: WorkQueueProps;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.props = props;
    checkTimes(this.node.path, props.times);
    this.dlq = props.beside?.dlq ?? deadLetterQueue(this, 'Dlq', props);
    this.queue = keptQueue(this, 'Queue', props, {
      visibilityTimeout: props.times.visibility,
      retentionPeriod: queues.retention,
      deadLetterQueue: { queue: this.dlq, maxReceiveCount: queues.maxReceiveCount },
    });
    if (props.beside === undefined) deadLetterAlarm(this, 'DlqAlarm', this.dlq, props);
    this.ageAlarm();
  }

  /** How long a received message stays hidden. */
  get visibility(): Duration {
    return this.props.times.visibility;
  }

  /** Lets a function consume the queue with partial batch failures, and adds an alarm on its failures. */
  consumeWith(consumer: IFunction, options: ConsumeOptions): void {
    consumer.addEventSource(new SqsEventSource(this.queue, { ...options, reportBatchItemFailures: true }));
    grantKeyUse(this, this.props.encryptionKey, consumer, ['sqs:ReceiveMessage']);
    if (this.props.beside === undefined) this.consumerAlarm(consumer);
  }

  private consumerAlarm(consumer: IFunction): void {
    const [metricErrors, metricThrottles] = [consumer.metricErrors(), consumer.metricThrottles()];
    new ImpactAlarm(this, 'ConsumerFails', {
      metric: sumOf([metricErrors, metricThrottles], 'failed or throttled', fiveMinutes),
      ...lasting(this.props.times.visibility, fiveMinutes),
      impact: 'The function that consumes the queue keeps failing or is throttled; its messages wait.',
      firstStep:
        "Read the function's log; if it has no errors, check the account's limit of concurrent executions.",
      action: this.props.alarmAction,
    });
  }

  /** The metric ignores messages that were received three times or more; the alarm InFlight watches those. */
  private ageAlarm(): void {
    const { oldestMessage, alarmAction } = this.props;
    new ImpactAlarm(this, 'AgeAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: fiveMinutes }),
      above: oldestMessage.toSeconds(),
      impact: `Messages wait for more than ${oldestMessage.toHumanString()}; after 7 days SQS drops them.`,
      firstStep:
        "Read the consumer's log; check whether it is throttled or its event source mapping is disabled.",
      action: alarmAction,
    });
  }
}

/** How queues are kept and encrypted. */
type Keeping = Pick<WorkQueueProps, 'removalPolicy' | 'encryptionKey'>;

/** Makes an encrypted, TLS-only queue. Its policy stays if the queue outlives its stack. */
function keptQueue(scope: Construct, id: string, keeping: Keeping, props: QueueProps): Queue {
  const { removalPolicy, encryptionKey } = keeping;
  const queue = new Queue(scope, id, {
    ...props,
    removalPolicy,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
  const { defaultChild } = queue.node;
  if (encryptionKey !== undefined && defaultChild instanceof CfnQueue) encrypt(defaultChild, encryptionKey);
  for (const child of queue.node.children) {
    if (child instanceof QueuePolicy) child.applyRemovalPolicy(removalPolicy);
  }
  return queue;
}

/**
 * Encrypts a queue with the team's key. The queue itself does not know the key: a subscription would add its topic, which is encrypted
 * with the same key, to the key's policy, and CloudFormation could create neither first.
 */
function encrypt(queue: CfnQueue, key: IKey): void {
  queue.sqsManagedSseEnabled = undefined;
  queue.kmsMasterKeyId = key.keyArn;
  queue.kmsDataKeyReusePeriodSeconds = queues.dataKeyReuse.toSeconds();
}

/** Makes a queue where messages wait for a person. */
export function deadLetterQueue(scope: Construct, id: string, keeping: Keeping): Queue {
  const queue = keptQueue(scope, id, keeping, { retentionPeriod: queues.dlqRetention });
  acknowledge(queue, { id: 'AwsSolutions-SQS3', reason: 'It is a dead-letter queue itself.' });
  return queue;
}

/** The threshold for growth: two counts of one moment differ by less, and one new letter is twice as much. */
const halfALetter = 0.5;

/**
 * An alarm on letters that arrive in a DLQ, not on those that are there already, so that it rings again for new ones.
 *
 * SQS counts the letters that our code sends, but not those that it moves there itself. So the growth of the queue counts, too:
 * of its visible messages and of those that a listing hides for a while. It uses averages, because the maxima of five minutes
 * would count a letter twice that was listed meanwhile. After six hours without use a queue would have no data, and old letters
 * would seem to arrive with the next use. So the first value after a gap is not growth, and λ sweep reads the queues twice an
 * hour, so that there is no gap (lambdas/outbound/sweep/keep-measured.ts).
 */
export function deadLetterAlarm(
  scope: Construct,
  id: string,
  dlq: Queue,
  props: Pick<WorkQueueProps, 'impact' | 'firstStep' | 'alarmAction'>,
): void {
  new ImpactAlarm(scope, id, {
    metric: arrivalsIn(dlq),
    // The growth in the last period needs the period before it.
    periods: 2,
    ofWhich: 1,
    impact: `${props.impact} OK means that no more arrive, not that the queue is empty.`,
    firstStep: props.firstStep,
    action: props.alarmAction,
  });
}

function arrivalsIn(dlq: Queue): MathExpression {
  // SQS may have no count of hidden messages if there are none. Without both counts it is a gap, not 0.
  const lying = 'FILL(SUM([visible, hidden + visible * 0]), REPEAT)';
  const average = { period: fiveMinutes, statistic: Stats.AVERAGE };
  return new MathExpression({
    expression: `SUM([FILL(sent, 0), FILL(IF(DIFF(${lying}) > ${halfALetter}, 1, 0), 0)])`,
    usingMetrics: {
      sent: dlq.metricNumberOfMessagesSent({ period: fiveMinutes }),
      visible: dlq.metricApproximateNumberOfMessagesVisible(average),
      hidden: dlq.metricApproximateNumberOfMessagesNotVisible(average),
    },
    label: 'new dead letters',
    period: fiveMinutes,
  });
}

/**
 * Checks that a live worker keeps its claim, and that a redelivered message finds the claim of a dead one expired.
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
