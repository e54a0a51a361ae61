import {
  endpointHash,
  type NewTask,
  type TaskDestination,
  type TaskQueue,
  taskMessage,
} from '../domain/delivery-task.ts';
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
  ports: Pick<OutboundPorts, 'sendTask' | 'memoryOf'>,
  queue = queueFor(destination, ports),
): Promise<void> {
  // What is sent again has its record.
  const again = { ...task, announced: undefined };
  if (delay <= maxQueueDelay) await ports.sendTask(taskMessage(again, destination, delay, queue));
}

function queueFor(destination: TaskDestination, { memoryOf }: Pick<OutboundPorts, 'memoryOf'>): TaskQueue {
  const { known } = memoryOf(endpointHash(destination));
  return known !== undefined && isSidelined(known.state) ? 'sideline' : 'delivery';
}
