import type { FairQueue } from './fair-queue.ts';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * How Lambda scales the event source of a standard queue.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const sourceScaling = {
  /** Concurrent invocations when a queue becomes active, and the fewest later. */
  least: 5,
  /** More concurrent invocations a second while messages wait: 300 a minute. */
  perSecond: 5,
  /** Without a maximum concurrency. */
  most: 1_250,
} as const;

/** The concurrency of the next second. */
export function scaled(allowed: number, running: number, isWaiting: boolean, most: number): number {
  const { least, perSecond } = sourceScaling;
  if (isWaiting) return Math.min(allowed + perSecond, most);
  return Math.min(most, Math.max(least, running, allowed - perSecond));
}

export interface SourceSettings {
  readonly batchSize: number;
  readonly maxConcurrency: number;
}

/** Invokes a function with the messages of a queue. `invoke` returns the milliseconds that it takes. */
export function eventSource<Message extends { readonly group: number }>(
  queue: FairQueue<Message>,
  { batchSize, maxConcurrency }: SourceSettings,
  clock: VirtualClock,
  invoke: (batch: readonly Message[]) => number,
) {
  let running = 0;
  let allowed: number = Math.min(sourceScaling.least, maxConcurrency);

  function poll(): void {
    while (running < allowed && queue.visible() > 0) {
      const batch = queue.receive(batchSize);
      running++;
      clock.at(clock.now() + invoke(batch), () => {
        for (const message of batch) queue.delete(message);
        running--;
        poll();
      });
    }
  }

  function scale(): void {
    allowed = scaled(allowed, running, queue.visible() > 0, maxConcurrency);
    poll();
    clock.at(clock.now() + 1_000, scale);
  }
  clock.at(0, scale);

  return {
    send(message: Message): void {
      queue.push(message);
      poll();
    },
    running: (): number => running,
  };
}

export type EventSource<Message extends { readonly group: number }> = ReturnType<typeof eventSource<Message>>;
