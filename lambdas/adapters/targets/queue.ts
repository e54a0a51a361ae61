import { asError } from '../../domain/errors.ts';
import {
  deduplicationOf,
  groupOf,
  type SendToTarget,
  type TargetMessage,
} from '../../domain/target-message.ts';
import { patientCalls } from '../call-bounds.ts';
import { sqsClient } from '../sqs/client.ts';
import type { SqsClient } from '../sqs/commands.ts';
import { gatheredSends } from '../sqs/gathered-sends.ts';
import { type OutgoingMessage, RefusedMessageError, sqsQueue } from '../sqs/queue.ts';
import { refusal } from './refusal.ts';

type SendEach = (messages: readonly OutgoingMessage[]) => Promise<readonly (Error | undefined)[]>;

/**
 * An SQS queue as a target. The events of one batch go in one call; a refusal concerns its own event only.
 *
 * @param url of the queue
 */
export function queueTarget(
  client: SqsClient,
  url: string,
  { isFifo }: { readonly isFifo: boolean },
  gather: (sendEach: SendEach) => (message: OutgoingMessage) => Promise<void> = gatheredSends,
): SendToTarget {
  const send = gather(sqsQueue(client, url).sendEach);
  return async (message) => {
    try {
      await send(outgoing(message, isFifo));
    } catch (error) {
      const code = error instanceof RefusedMessageError ? error.code : asError(error).name;
      throw refusal(`the queue ${url}`, code, error);
    }
  };
}

const outgoing = (message: TargetMessage, isFifo: boolean): OutgoingMessage => ({
  body: message.text,
  attributes: { id: message.id, type: message.type, source: message.source },
  groupId: groupOf(message, isFifo),
  deduplicationId: isFifo ? deduplicationOf(message) : undefined,
});

export const queueAt = (url: string, settings: { readonly isFifo: boolean }): SendToTarget =>
  queueTarget(sqsClient(patientCalls), url, settings);
