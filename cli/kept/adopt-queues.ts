import type { SQSClient } from '@aws-sdk/client-sqs';
import { queueNameOf } from '../../lambdas/adapters/sqs/queue.ts';
import { bytesOf, type ReceivedMessage } from '../../lambdas/domain/event.ts';
import { AlteredBodyError, type GetObject } from '../../lambdas/domain/stored-body.ts';
import { dlqQueue } from '../dlq/queue.ts';
import type { DeployedSource } from '../stack/deployment.ts';
import { failureLine, RefusedError } from '../terminal/errors.ts';
import { isOfSending, type KeptQueue, keptQueues } from './kept-queues.ts';
import { type Moved, type MovePorts, moveEvents } from './move-events.ts';
import { queueCounts, totalOf } from './queue-counts.ts';
import { belongsTo, kindIn, sourceIn, tagsOfQueue } from './queue-owner.ts';

/** Which events are moved, and from which queues. */
export interface QueueRequest {
  readonly stack: string;
  readonly source: DeployedSource;
  /** URLs of the queues that the stack uses. */
  readonly inUse: ReadonlySet<string>;
  /** The URL of one queue; undefined for all that the stack left. */
  readonly from: string | undefined;
  readonly isConfirmed: boolean;
}

/** The result of moving one queue's messages. */
export interface QueueMoved extends Moved {
  readonly queue: KeptQueue;
}

/**
 * Finds the queues whose messages are moved.
 *
 * @throws RefusedError when the queue of `from` may not be emptied
 */
export async function queuesToMove(client: SQSClient, request: QueueRequest): Promise<readonly KeptQueue[]> {
  const { stack, inUse, from } = request;
  if (from !== undefined) return [await named(client, from, request)];
  const kept = await keptQueues(client, stack, inUse);
  return kept.filter((queue) => queue.isCertain && !isOfSending(queue) && totalOf(queue.counts) > 0);
}

async function named(client: SQSClient, url: string, request: QueueRequest): Promise<KeptQueue> {
  const { stack, source, inUse, isConfirmed } = request;
  const name = queueNameOf(url);
  if ([...inUse].some((used) => queueNameOf(used) === name))
    throw new RefusedError(
      `${name} is in use by ${stack}: hookline dlq redrive ${source.name} sends its dead letters back. Nothing was moved.`,
    );
  const tags = await tagsOfQueue(client, url);
  const belongs = belongsTo(stack, name, tags ?? {});
  if (belongs !== 'yes' && !isConfirmed)
    throw new RefusedError(
      `${name} ${belongs === 'maybe' ? 'may not belong' : 'does not belong'} to the stack ${stack}, and may be in use: repeat with --yes to take the events of ${source.name} from it. Nothing was moved.`,
    );
  const counts = await queueCounts(client, url);
  if (tags !== undefined && counts !== undefined)
    return { url, name, counts, kind: kindIn(tags), source: sourceIn(tags), isCertain: belongs === 'yes' };
  throw new RefusedError(`There is no queue ${url} in this account and region. Nothing was moved.`);
}

/** The ports of moving that do not depend on the queue that was left. */
export interface BesideQueue extends Pick<MovePorts, 'send' | 'progress' | 'isStopped'> {
  /** Reads the bucket of this deployment. */
  readonly getBody: GetObject;
}

/** Moves the events of a source from a queue that was left over. */
export async function adoptQueue(
  client: SQSClient,
  queue: KeptQueue,
  source: string,
  { getBody, send, progress, isStopped }: BesideQueue,
): Promise<QueueMoved> {
  const { receive, makeVisible, delete: remove } = dlqQueue(client, queue.url);
  const obstacle = (event: ReceivedMessage) => whyNoBody(event, getBody);
  const ports = { receive, makeVisible, delete: remove, send, obstacle, progress, isStopped };
  return { queue, ...(await moveEvents(source, ports)) };
}

/** A large body may be in the bucket of a destroyed deployment, where the consumer does not look. */
async function whyNoBody(event: ReceivedMessage, getBody: GetObject): Promise<string | undefined> {
  if (!('bodyS3' in event)) return undefined;
  try {
    if ((await bytesOf(event, getBody)) !== undefined) return undefined;
    return `its body is not in this deployment’s bucket: copy ${event.bodyS3} there from the bucket of the earlier one, with aws s3 cp`;
  } catch (error) {
    return error instanceof AlteredBodyError
      ? error.message
      : `its body cannot be read from this deployment’s bucket: ${failureLine(error)}`;
  }
}
