import { asError } from '../domain/errors.ts';
import type { Seconds } from '../domain/time.ts';
import type { OutboundPorts } from './ports.ts';

/** What the queue does with a message. */
export type QueueAnswer =
  | { readonly kind: 'acknowledge' }
  /** SQS redelivers it after `after`. */
  | { readonly kind: 'fail'; readonly after: Seconds };

export const acknowledge: QueueAnswer = { kind: 'acknowledge' };

export type QueueAnswerPorts = Pick<OutboundPorts, 'deleteMessage' | 'returnMessageAfter' | 'telemetry'>;

/**
 * Answers the queue at once, so that a slow message of the batch does not delay one that is done. If the call fails, the
 * function's response or the visibility timeout does the same.
 *
 * @param isAlone whether the message is the only one of its batch, so that Lambda deletes it right away
 */
export async function answerQueue(
  { messageId, receiptHandle }: { readonly messageId: string; readonly receiptHandle: string },
  queueAnswer: QueueAnswer,
  isAlone: boolean,
  ports: QueueAnswerPorts,
): Promise<void> {
  try {
    if (queueAnswer.kind === 'fail') await ports.returnMessageAfter(receiptHandle, queueAnswer.after);
    else if (!isAlone) await ports.deleteMessage(receiptHandle);
  } catch (error) {
    ports.telemetry.warn('message.ack-failed', { messageId, reason: asError(error).message });
  }
}
