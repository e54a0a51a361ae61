import { paginateListQueues, type SQSClient } from '@aws-sdk/client-sqs';
import { isOfStack } from '../stack-names.ts';
import { type QueueCounts, queueCounts } from './queue-counts.ts';

/** A queue that a removed source or an earlier deployment left. */
export interface KeptQueue {
  readonly url: string;
  readonly name: string;
  readonly counts: QueueCounts;
}

/** The name that a queue's URL ends in. */
export const queueNameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/**
 * The queues of a stack that it does not use any more.
 *
 * @param inUse URLs of those that it uses; their hosts may differ
 */
export async function keptQueues(
  client: SQSClient,
  stack: string,
  inUse: ReadonlySet<string>,
): Promise<KeptQueue[]> {
  const used = new Set([...inUse].map(queueNameOf));
  const isOwn = isOfStack(stack);
  const kept: KeptQueue[] = [];
  const asked = { QueueNamePrefix: `${stack}-` };
  for await (const { QueueUrls = [] } of paginateListQueues({ client, pageSize: 1000 }, asked)) {
    const urls = QueueUrls.filter((url) => isOwn(queueNameOf(url)) && !used.has(queueNameOf(url)));
    const counts = await Promise.all(urls.map((url) => queueCounts(client, url)));
    for (const [index, url] of urls.entries()) {
      const count = counts[index];
      // What was deleted within the last minute is listed still.
      if (count !== undefined) kept.push({ url, name: queueNameOf(url), counts: count });
    }
  }
  return kept;
}

/** Whether a queue is of what sends: its messages are no events of a source. */
export const isOfSending = ({ name }: KeptQueue): boolean => logicalIdOf(name).startsWith('Outbound');

/**
 * The source whose queue it was, by the logical id in its name.
 *
 * @returns undefined when it is of none of these, or of all, which had shared it
 */
export function sourceOfQueue({ name }: KeptQueue, sources: readonly string[]): string | undefined {
  const logicalId = logicalIdOf(name);
  return sources.find((source) => logicalId.startsWith(`Source${source.replaceAll('-', '')}Work`));
}

/** CloudFormation names a queue `Stack-LogicalId-SUFFIX`. */
const logicalIdOf = (name: string): string => name.split('-').at(-2) ?? '';
