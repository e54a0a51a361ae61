import { Stack, Tags } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type QueueKind, resourceTags } from '../../lambdas/domain/resource-tags.ts';

/**
 * Tags a queue with its stack, kind and source, so that its owner is known after it has left its stack. Its name may be cut.
 *
 * @param source undefined for an outbound queue, or one of all sources
 */
export function tagQueue(queue: Queue, kind: QueueKind, source?: string): void {
  const tags = Tags.of(queue);
  tags.add(resourceTags.stack, Stack.of(queue).stackName);
  tags.add(resourceTags.queue, kind);
  if (source !== undefined) tags.add(resourceTags.source, source);
}
