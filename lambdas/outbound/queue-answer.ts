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

/** A message of the queue, as far as its answer needs it. */
export interface AnsweredMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
}

/**
 * Sets when a failed message comes back, at once. If the call fails, the visibility timeout brings it back.
 *
 * Lambda deletes the messages that the function's response does not name as failed.
 */
export async function answerQueue(
  message: AnsweredMessage,
  queueAnswer: QueueAnswer,
  ports: QueueAnswerPorts,
): Promise<void> {
  if (queueAnswer.kind !== 'fail') return;
  const { after } = queueAnswer;
  await orWarn(message, () => ports.returnMessageAfter(message.receiptHandle, after), ports);
}

/** Deletes a message before its batch is over. If the call fails, the function's response deletes it. */
export const deleteNow = (message: AnsweredMessage, ports: QueueAnswerPorts): Promise<void> =>
  orWarn(message, () => ports.deleteMessage(message.receiptHandle), ports);

async function orWarn(
  { messageId }: AnsweredMessage,
  call: () => Promise<void>,
  { telemetry }: QueueAnswerPorts,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    telemetry.warn('message.ack-failed', { messageId, reason: asError(error).message });
  }
}
