import { paginateListQueues, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueKind } from '../../lambdas/domain/resource-tags.ts';
import { type QueueCounts, queueCounts } from './queue-counts.ts';
import { belongsTo, kindIn, queuePrefixOf, sourceIn, tagsOfQueue } from './queue-owner.ts';

/** A queue that a removed source or an earlier deployment left. */
export interface KeptQueue {
  readonly url: string;
  readonly name: string;
  readonly counts: QueueCounts;
  /** By its tags; undefined when it has none. */
  readonly kind: QueueKind | undefined;
  /** The same; undefined, too, when it is of all sources, or of sending. */
  readonly source: string | undefined;
  /** False: its name is cut and it has no tags, so it may be of another stack. */
  readonly isCertain: boolean;
}

/** The name that a queue's URL ends in. */
export const queueNameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** Of a page of a thousand names: SQS refuses who asks too much at once. */
const askedAtOnce = 10;

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
  const kept: KeptQueue[] = [];
  const asked = { QueueNamePrefix: queuePrefixOf(stack) };
  for await (const { QueueUrls = [] } of paginateListQueues({ client, pageSize: 1000 }, asked)) {
    const urls = QueueUrls.filter((url) => !used.has(queueNameOf(url)));
    for (let from = 0; from < urls.length; from += askedAtOnce) {
      const some = urls.slice(from, from + askedAtOnce);
      const found = await Promise.all(some.map((url) => keptQueue(client, stack, url)));
      kept.push(...found.filter((queue) => queue !== undefined));
    }
  }
  return kept;
}

/** @returns undefined when it is of another stack, or was deleted: that is listed still for a minute */
async function keptQueue(client: SQSClient, stack: string, url: string): Promise<KeptQueue | undefined> {
  const name = queueNameOf(url);
  const tags = await tagsOfQueue(client, url);
  if (tags === undefined) return undefined;
  const belongs = belongsTo(stack, name, tags);
  if (belongs === 'no') return undefined;
  const counts = await queueCounts(client, url);
  if (counts === undefined) return undefined;
  return { url, name, counts, kind: kindIn(tags), source: sourceIn(tags), isCertain: belongs === 'yes' };
}

/** Whether a queue is of what sends: its messages are no events of a source. */
export const isOfSending = ({ name, kind }: KeptQueue): boolean =>
  kind === undefined
    ? logicalIdOf(name).startsWith('Outbound')
    : kind !== 'events' && kind !== 'dead-letters';

/**
 * The source whose queue it was, by its tag; without tags by the logical id in its name, if that can be of one alone.
 *
 * @returns undefined when it is of none of these, or of all, which had shared it
 */
export function sourceOfQueue(queue: KeptQueue, sources: readonly string[]): string | undefined {
  if (queue.kind !== undefined) return queue.source;
  const logicalId = logicalIdOf(queue.name);
  const meant = sources.filter((source) => logicalId.startsWith(`Source${source.replaceAll('-', '')}Work`));
  return meant.length === 1 ? meant[0] : undefined;
}

/** CloudFormation names a queue `Stack-LogicalId-SUFFIX`. */
const logicalIdOf = (name: string): string => name.split('-').at(-2) ?? '';
