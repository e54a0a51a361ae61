import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { deadLetterAlarm, deadLetterQueue } from './work-queue.ts';

/**
 * topic → queue (+DLQ of the subscription itself, since SNS would discard what it cannot deliver).
 *
 * Raw delivery stays off, because the envelope has the id that stays the same if SNS sends a message twice.
 *
 * @returns the subscription's DLQ
 */
export function subscribeQueue(
  scope: Construct,
  topic: Topic,
  queue: Queue,
  props: {
    readonly alarmAction: IAlarmAction;
    readonly removalPolicy: RemovalPolicy;
    readonly encryptionKey?: IKey;
  },
): Queue {
  const deadLetters = deadLetterQueue(scope, 'SubscriptionDlq', props);
  topic.addSubscription(
    new SqsSubscription(queue, { rawMessageDelivery: false, deadLetterQueue: deadLetters }),
  );
  deadLetterAlarm(scope, 'SubscriptionDlqAlarm', deadLetters, {
    impact: 'SNS could not deliver a published message to the publish queue; its event was not sent.',
    firstStep: "Check the publish queue's policy, then run npx hookline dlq redrive subscription.",
    alarmAction: props.alarmAction,
  });
  return deadLetters;
}
