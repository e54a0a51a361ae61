import type { SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { besideQueue, sqsQueue } from './queue.ts';

/** Queue names, each with the sources that share the queue. */
const Queues = v.record(v.string(), v.array(v.string()));

/**
 * The queues of all sources.
 *
 * @param queuesText JSON: sources by the name of their queue, which is shorter than their URLs
 * @param exampleUrl of a queue of the same account and region
 */
export function inboundQueues(client: SQSClient, queuesText: string, exampleUrl: string) {
  const queues = Object.entries(v.parse(Queues, JSON.parse(queuesText)));
  const queueOf = new Map(
    queues.flatMap(([queue, sources]) => sources.map((source) => [source, queue] as const)),
  );

  return {
    sources: [...queueOf.keys()],

    async enqueue(
      source: string,
      message: { readonly body: string; readonly attributes: Readonly<Record<string, string>> },
    ): Promise<void> {
      await sqsQueue(client, besideQueue(exampleUrl, queueOf.get(source) ?? '')).send(message);
    },
  };
}
