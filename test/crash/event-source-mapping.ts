import { unixMillis } from '../../lambdas/domain/time.ts';
import type { memoryQueue, ReceivedMessage } from '../../testing/memory/queue.ts';
import type { ProcessEnd } from './crash-script.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** How Lambda reads a queue. */
export interface EventSourceMapping {
  readonly batchSize: number;
  /** Invocations at once. */
  readonly concurrency: number;
  /**
   * One invocation and its result: Lambda deletes the messages that the response does not name as failed.
   *
   * A crashed one deletes nothing: its messages come back at the end of their visibility timeout.
   */
  readonly invoke: (batch: readonly ReceivedMessage[]) => Promise<ProcessEnd<unknown>>;
}

/** Invokes a function with batches of the queue, until the queue is empty and no invocation runs. */
export async function workOff(
  time: SimulatedTime,
  queue: Pick<ReturnType<typeof memoryQueue>, 'receive' | 'nextVisibleAt'>,
  { batchSize, concurrency, invoke }: EventSourceMapping,
): Promise<void> {
  let active = 0;
  const errors: unknown[] = [];
  const invokeOnce = async (batch: readonly ReceivedMessage[]) => {
    active++;
    await invoke(batch).catch((error: unknown) => errors.push(error));
    active--;
  };
  const poll = () => {
    while (active < concurrency) {
      const batch = queue.receive(batchSize);
      if (batch.length === 0) return;
      void invokeOnce(batch);
    }
  };
  await time.untilQuiet(poll, () => (active < concurrency ? unixMillis(queue.nextVisibleAt()) : undefined));
  if (errors.length > 0) throw new AggregateError(errors, 'an invocation threw');
}
