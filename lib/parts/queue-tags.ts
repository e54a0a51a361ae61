import { Stack, Tags } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type QueueKind, resourceTags } from '../../lambdas/domain/resource-tags.ts';

/**
 * Says whose a queue is, also when it has left its stack: CloudFormation cuts its name at 80 characters.
 *
 * @param source undefined: it is of sending, or of all sources
 */
export function tagQueue(queue: Queue, kind: QueueKind, source?: string): void {
  const tags = Tags.of(queue);
  tags.add(resourceTags.stack, Stack.of(queue).stackName);
  tags.add(resourceTags.queue, kind);
  if (source !== undefined) tags.add(resourceTags.source, source);
}
