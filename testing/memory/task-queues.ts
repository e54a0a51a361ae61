import type { TaskMessage, TaskQueue } from '../../lambdas/domain/delivery-task.ts';
import type { Seconds, UnixMillis } from '../../lambdas/domain/time.ts';
import { memoryQueue, type ReceivedMessage } from './queue.ts';

/** A message of a task queue, and the queue. */
export type ReceivedTask = ReceivedMessage & { readonly queue: TaskQueue };

export const taskQueues: readonly TaskQueue[] = ['delivery', 'sideline'];

/** The delivery queue and the sideline queue in memory, as one: a batch comes from the queue whose turn it is. */
export function memoryTaskQueues(now: () => UnixMillis) {
  const queues = {
    delivery: memoryQueue(now, undefined, { idPrefix: 'm' }),
    sideline: memoryQueue(now, undefined, { idPrefix: 's' }),
  };
  const both = [queues.delivery, queues.sideline];
  /** Message ids begin with a letter of their queue. */
  const holding = (receiptHandle: string) => queues[receiptHandle.startsWith('s') ? 'sideline' : 'delivery'];

  /** Receives from one queue, in turn while both have messages. */
  const turn = { next: 0 };
  function receive(max: number): ReceivedTask[] {
    const inTurn = turn.next % 2 === 0 ? taskQueues : taskQueues.toReversed();
    const queue = inTurn.find((name) => queues[name].nextVisibleAt() <= now()) ?? 'delivery';
    turn.next = taskQueues.indexOf(queue) + 1;
    return receiveFrom(queue, max);
  }

  const receiveFrom = (queue: TaskQueue, max: number): ReceivedTask[] =>
    queues[queue].receive(max).map((message) => ({ ...message, queue }));

  return {
    send: (task: Omit<TaskMessage, 'queue' | 'groupId'> & { readonly queue?: TaskQueue }) =>
      queues[task.queue ?? 'delivery'].send(task),
    sendAll: queues.delivery.sendAll,
    receive,
    receiveFrom,
    delete: (receiptHandle: string) => holding(receiptHandle).delete(receiptHandle),
    returnAfter: (receiptHandle: string, after: Seconds) =>
      holding(receiptHandle).returnAfter(receiptHandle, after),
    purge: (): void => {
      for (const queue of both) queue.purge();
    },
    /** All that are there, hidden and delayed ones, too. */
    contents: (): string[] => both.flatMap((queue) => queue.contents()),
    /** What is in one of them. */
    contentsOf: (name: TaskQueue): string[] => queues[name].contents(),
    /** When the next message can be received. */
    nextVisibleAt: (): number => Math.min(...both.map((queue) => queue.nextVisibleAt())),
    nextVisibleIn: (name: TaskQueue): number => queues[name].nextVisibleAt(),
    sent: (): number => queues.delivery.sent() + queues.sideline.sent(),
  };
}

/** The queue of a batch. */
export const queueOf = ([first]: readonly ReceivedTask[]): TaskQueue => first?.queue ?? 'delivery';
