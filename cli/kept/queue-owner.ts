import { ListQueueTagsCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { type QueueKind, queueKinds, resourceTags } from '../../lambdas/domain/resource-tags.ts';
import { isOfStack } from '../stack/resource-names.ts';

type Tags = Readonly<Record<string, string>>;

/** Whether a queue belongs to a stack; `maybe`: its name is cut, and it has no tags. */
export type Belongs = 'yes' | 'maybe' | 'no';

/** @returns undefined when the queue does not exist */
export async function tagsOfQueue(client: SQSClient, QueueUrl: string): Promise<Tags | undefined> {
  try {
    const { Tags = {} } = await client.send(new ListQueueTagsCommand({ QueueUrl }));
    return Tags;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

/** CloudFormation's own tag. */
const stackTag = 'aws:cloudformation:stack-name';

/** CloudFormation may cut longer stack names to make room for the logical id. */
const uncutStackLength = 20;
/** SQS allows 80 characters; a name that is nearly as long may have been cut. */
const cutNameLength = 70;

/** The prefix of the names of a stack's queues, also of those that are cut. */
export const queuePrefixOf = (stack: string): string =>
  stack.length <= uncutStackLength ? `${stack}-` : stack.slice(0, uncutStackLength);

/** Decides by tags; for a queue without tags, by its name. */
export function belongsTo(stack: string, name: string, tags: Tags): Belongs {
  const tagged = tags[resourceTags.stack] ?? tags[stackTag];
  if (tagged !== undefined) return tagged === stack ? 'yes' : 'no';
  const isCut = name.length >= cutNameLength;
  const mayBeAnothers = isCut && stack.length > uncutStackLength;
  if (isOfStack(stack)(name)) return mayBeAnothers ? 'maybe' : 'yes';
  return isCut && name.startsWith(queuePrefixOf(stack)) ? 'maybe' : 'no';
}

/** @returns undefined when there is no such tag */
export const kindIn = (tags: Tags): QueueKind | undefined =>
  queueKinds.find((kind) => kind === tags[resourceTags.queue]);

/** @returns undefined when there is no such tag, as on a queue of all sources */
export const sourceIn = (tags: Tags): string | undefined => tags[resourceTags.source];
