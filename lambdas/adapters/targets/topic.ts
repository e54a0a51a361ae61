import type { PublishCommandInput } from '@aws-sdk/client-sns';
import { asError } from '../../domain/errors.ts';
import { deduplicationOf, groupOf, type SendToTarget } from '../../domain/target-message.ts';
import { patientCalls } from '../call-bounds.ts';
import { snsPublish } from '../sns/publish.ts';
import { attributesOf } from '../sqs/queue.ts';
import { refusal } from './refusal.ts';

/** Publishes one message. */
export type Publish = (input: PublishCommandInput) => Promise<unknown>;

/** An SNS topic as a target; subscriptions filter by the attributes `type` and `source`, or by the message. */
export const topicTarget =
  (publish: Publish, arn: string, { isFifo }: { readonly isFifo: boolean }): SendToTarget =>
  async (message) => {
    const { id, type, source } = message;
    try {
      await publish({
        TopicArn: arn,
        Message: message.text,
        MessageAttributes: attributesOf({ id, type, source }),
        MessageGroupId: groupOf(message, isFifo),
        MessageDeduplicationId: isFifo ? deduplicationOf(message) : undefined,
      });
    } catch (error) {
      throw refusal(`the topic ${arn}`, asError(error).name, error);
    }
  };

export const topicAt = (arn: string, settings: { readonly isFifo: boolean }): SendToTarget =>
  topicTarget(snsPublish(patientCalls), arn, settings);
