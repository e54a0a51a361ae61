import { endpointHash, type NewTask, type TaskDestination, taskMessage } from '../domain/delivery-task.ts';
import { isSidelined } from '../domain/limiter.ts';
import { maxQueueDelay } from '../domain/retry-schedule.ts';
import type { Seconds } from '../domain/time.ts';
import type { OutboundPorts } from './ports.ts';

/**
 * Sends a task that is due after a delay, to the queue that its endpoint needs as far as this process knows.
 *
 * Sends nothing if that is longer than SQS can delay a message: the sweep sends such a task, by the due index.
 */
export async function sendTaskAfter(
  delay: Seconds,
  task: NewTask,
  destination: TaskDestination,
  { sendTask, memoryOf }: Pick<OutboundPorts, 'sendTask' | 'memoryOf'>,
): Promise<void> {
  if (delay > maxQueueDelay) return;
  const { known } = memoryOf(endpointHash(destination));
  const queue = known !== undefined && isSidelined(known.state) ? 'sideline' : 'delivery';
  await sendTask(taskMessage(task, destination, delay, queue));
}
