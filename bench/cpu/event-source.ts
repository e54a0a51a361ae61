import * as v from 'valibot';
import { region } from '../../local/endpoint.ts';
import type { ReceivedMessage } from '../../testing/memory/sqs/stored-queue.ts';
import type { RunningFunction } from './running-function.ts';
import type { StandInAws } from './stand-in-aws.ts';

/** What becomes visible by a delay or a timeout is found by looking again. */
const lookAgainMs = 50;

const BatchResponse = v.object({
  batchItemFailures: v.array(v.object({ itemIdentifier: v.string() })),
});

/**
 * Plays the event source mapping of a function with its processes: each takes the next batch when it is free, and the messages
 * that it did not report as failed are deleted.
 */
export function pollFor(
  functions: readonly RunningFunction[],
  queueName: string,
  batchSize: number,
  aws: StandInAws,
) {
  const queue = aws.queue(queueName);
  let [batches, messages] = [0, 0];
  let isOver = false;
  let news = Promise.withResolvers<void>();
  const tell = (): void => {
    news.resolve();
    news = Promise.withResolvers();
  };
  aws.onArrival(queueName, tell);
  const looking = setInterval(tell, lookAgainMs);

  async function poll(one: RunningFunction): Promise<void> {
    while (!isOver) {
      const received = queue.receive(batchSize);
      if (received.length > 0) await handOver(received, one);
      else await news.promise;
    }
  }

  async function handOver(received: readonly ReceivedMessage[], one: RunningFunction): Promise<void> {
    batches++;
    messages += received.length;
    const { isError, answer } = await one.invoke({ Records: received.map(recordOf) });
    if (isError) return;
    const failed = v.parse(BatchResponse, answer).batchItemFailures;
    const ids = new Set(failed.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of received) if (!ids.has(messageId)) queue.delete(receiptHandle);
  }

  const done = Promise.all(functions.map(poll));
  return {
    /** Begins the measurement. */
    mark(): void {
      [batches, messages] = [0, 0];
    },
    /** Messages in an invocation since then, on average. */
    batch: () => messages / batches,
    async stop(): Promise<void> {
      isOver = true;
      clearInterval(looking);
      tell();
      await done;
    },
    /** Never resolves; rejects when a process has ended. */
    failed: done.then(() => new Promise<never>(() => undefined)),
  };
}

const recordOf = ({ messageId, receiptHandle, text, receives, attributes, sentAt }: ReceivedMessage) => ({
  messageId,
  receiptHandle,
  body: text,
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: String(sentAt),
    SenderId: 'bench',
    ApproximateFirstReceiveTimestamp: String(sentAt),
  },
  messageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }]),
  ),
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:${region}:000000000000:bench`,
  awsRegion: region,
});
