import * as v from 'valibot';
import { parseJson } from '../../domain/json.ts';
import type { SqsClient } from './commands.ts';
import { besideQueue, sqsQueue } from './queue.ts';

/** Queue names, each with the sources that share the queue. */
const Queues = v.record(v.string(), v.array(v.string()));

/** The function's environment is not the one that the deployment writes. */
class ConfigurationError extends Error {
  override name = 'ConfigurationError' as const;
}

/**
 * The queues of all sources.
 *
 * @param queuesText JSON: sources by the name of their queue, which is shorter than their URLs
 * @param exampleUrl of a queue of the same account and region
 * @throws ConfigurationError when the text is something else
 */
export function inboundQueues(client: SqsClient, queuesText: string, exampleUrl: string) {
  const parsed = v.safeParse(Queues, parseJson(queuesText));
  if (!parsed.success)
    throw new ConfigurationError(
      'INBOUND_QUEUES is not JSON with lists of sources by the name of their queue; deploy the stack again',
    );
  const queues = Object.entries(parsed.output);
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
