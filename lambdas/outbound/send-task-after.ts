import { type NewTask, type TaskDestination, taskMessage } from '../domain/delivery-task.ts';
import { maxQueueDelay } from '../domain/retry-schedule.ts';
import type { Seconds } from '../domain/time.ts';
import type { OutboundPorts } from './ports.ts';

/**
 * Sends a task that is due after a delay.
 *
 * Sends nothing if that is longer than SQS can delay a message: the sweep sends such a task, by the due index.
 */
export async function sendTaskAfter(
  delay: Seconds,
  task: NewTask,
  destination: TaskDestination,
  { sendTask }: Pick<OutboundPorts, 'sendTask'>,
): Promise<void> {
  if (delay <= maxQueueDelay) await sendTask(taskMessage(task, destination, delay));
}
