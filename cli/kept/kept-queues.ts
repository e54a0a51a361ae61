import { paginateListQueues, type SQSClient } from '@aws-sdk/client-sqs';
import { queueNameOf } from '../../lambdas/adapters/sqs/queue.ts';
import type { QueueKind } from '../../lambdas/domain/resource-tags.ts';
import { type QueueCounts, queueCounts } from './queue-counts.ts';
import { belongsTo, kindIn, queuePrefixOf, sourceIn, tagsOfQueue } from './queue-owner.ts';

/** A queue that a removed source or an earlier deployment left. */
export interface KeptQueue {
  readonly url: string;
  readonly name: string;
  readonly counts: QueueCounts;
  /** From its tags; undefined when it has none. */
  readonly kind: QueueKind | undefined;
  /** From its tags; undefined without tags, and for a queue of all sources or of sending. */
  readonly source: string | undefined;
  /** False when its name is cut and it has no tags, so that it may belong to another stack. */
  readonly isCertain: boolean;
}

/** Queues whose tags and counts are read at once: SQS throttles callers. */
const askedAtOnce = 10;

/**
 * Lists the queues of a stack that it does not use any more.
 *
 * @param inUse URLs of the queues that it uses; their hosts may differ
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

/** @returns undefined when the queue belongs to another stack or was deleted; SQS lists a deleted one for another minute */
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

/** Whether a queue belongs to sending, so that its messages are not events of a source. */
export const isOfSending = ({ name, kind }: KeptQueue): boolean =>
  kind === undefined
    ? logicalIdOf(name).startsWith('Outbound')
    : kind !== 'events' && kind !== 'dead-letters';

/**
 * Finds the source of a queue by its tag; without tags, by the logical id in its name, if only one source matches.
 *
 * @returns undefined when no single source matches, and for a queue that all sources shared
 */
export function sourceOfQueue(queue: KeptQueue, sources: readonly string[]): string | undefined {
  if (queue.kind !== undefined) return queue.source;
  const logicalId = logicalIdOf(queue.name);
  const meant = sources.filter((source) => logicalId.startsWith(`Source${source.replaceAll('-', '')}Work`));
  return meant.length === 1 ? meant[0] : undefined;
}

/** CloudFormation names a queue `Stack-LogicalId-SUFFIX`. */
const logicalIdOf = (name: string): string => name.split('-').at(-2) ?? '';
