import type { SQSClient } from '@aws-sdk/client-sqs';
import { later, seconds, type UnixMillis } from '../../lambdas/domain/time.ts';
import type { DeployedSource, Deployment } from '../deployment.ts';
import { countsText, type QueueCounts, queueCounts, totalOf } from '../kept/queue-counts.ts';
import { RefusedError } from '../refusal.ts';
import { counted, instant } from '../table.ts';
import type { Finding } from './finding.ts';

/** A queue with work, and the one where it ends that is given up. */
export interface Watched {
  /** As the command line calls it. */
  readonly name: string;
  readonly queueUrl: string;
  readonly dlqUrl: string;
  /** Others have their events in the same queues. */
  readonly isShared: boolean;
  /** Seconds for which a message that just failed may still be tried; undefined when it is not known. */
  readonly retries: number | undefined;
}

/** What a source's removal leaves without a consumer. */
export function watchedSource(deployment: Deployment, source: DeployedSource): Watched {
  const { name, queueUrl, dlqUrl, checks } = source;
  const others = Object.values(deployment.sources).filter((one) => one.queueUrl === queueUrl);
  const retries = checks?.handlerRetryDelays?.reduce((sum, delay) => sum + delay, 0);
  return { name, queueUrl, dlqUrl, isShared: others.length > 1, retries };
}

/** What `cdk destroy` leaves without a consumer: all sources, and what sends. */
export function watchedAll(deployment: Deployment): readonly Watched[] {
  const byQueue = new Map<string, Watched>();
  for (const source of Object.values(deployment.sources))
    if (!byQueue.has(source.queueUrl)) byQueue.set(source.queueUrl, watchedSource(deployment, source));
  const { publishQueueUrl, publishDlqUrl, deliveryQueueUrl, deliveryDlqUrl } = deployment;
  const outbound = { isShared: false, retries: undefined };
  return [
    ...[...byQueue.values()].map((one) => (one.isShared ? { ...one, name: 'inbound' } : one)),
    { ...outbound, name: 'publish', queueUrl: publishQueueUrl, dlqUrl: publishDlqUrl },
    { ...outbound, name: 'delivery', queueUrl: deliveryQueueUrl, dlqUrl: deliveryDlqUrl },
  ];
}

/** What is left in both queues. */
export interface Left {
  readonly watched: Watched;
  readonly queue: QueueCounts;
  readonly dead: number;
}

const none: QueueCounts = { waiting: 0, inFlight: 0, delayed: 0 };

/** Looks once. */
export async function lookAt(client: SQSClient, watched: Watched): Promise<Left> {
  const [queue, dlq] = await Promise.all([
    queueCounts(client, watched.queueUrl),
    queueCounts(client, watched.dlqUrl),
  ]);
  return { watched, queue: queue ?? none, dead: totalOf(dlq ?? none) };
}

/** What a person is told before the removal. */
export function leftFindings({ watched, queue, dead }: Left, now: UnixMillis): readonly Finding[] {
  const { name, isShared } = watched;
  const isDone = totalOf(queue) === 0;
  const ofAll = isShared ? ' (of all sources that share the queue)' : '';
  return [
    {
      check: `queue of ${name}`,
      ok: isDone,
      detail: `${countsText(queue)}${ofAll}`,
      advice: isDone ? undefined : whenEmpty(watched, now),
    },
    {
      check: `dead letters of ${name}`,
      ok: dead === 0,
      detail: `${counted(dead, 'message')}${ofAll}`,
      command: dead === 0 ? undefined : `dlq redrive ${name}`,
    },
  ];
}

/** Tries beyond the waits themselves: a batch before each, and the last hop. */
const tolerance = seconds(1_800);

/** What is delayed, and in part what is in flight, waits for its handler's next try: hours, by the default delays. */
function whenEmpty({ name, retries }: Watched, now: UnixMillis): string {
  if (name === 'publish' || name === 'delivery')
    return 'It is on its way, or waits for its next attempt; what is not due within 15 minutes is in the table.';
  const end =
    retries === undefined
      ? 'for as long as its handlerRetryDelays add up to'
      : `until ${instant(endOf(retries, now))} at the latest (handlerRetryDelays), then it is in the dead letters`;
  return `In flight or delayed is also what its handler failed on, which is tried again ${end}. First switch the webhook off at the provider; --wait waits until it is empty.`;
}

const endOf = (retries: number, now: UnixMillis): UnixMillis => later(now, seconds(retries + tolerance));

/** What waiting needs of the outside world. */
export interface WaitPorts {
  look(): Promise<readonly Left[]>;
  pause(): Promise<void>;
  now(): UnixMillis;
  progress(left: readonly Left[]): void;
  /** Ctrl-C. */
  isStopped(): boolean;
}

/** SQS's counts lag: a queue counts as empty when all looks for so long say so. */
const emptyForMs = 60_000;

/**
 * Waits until queues are empty; dead letters, which nobody tries again, do not keep it.
 *
 * @returns what the last look found
 */
export async function untilEmpty(ports: WaitPorts): Promise<readonly Left[]> {
  let emptySince: UnixMillis | undefined;
  for (;;) {
    const left = await ports.look();
    ports.progress(left);
    const now = ports.now();
    emptySince = left.every(({ queue }) => totalOf(queue) === 0) ? (emptySince ?? now) : undefined;
    if (emptySince !== undefined && now - emptySince >= emptyForMs) return left;
    if (ports.isStopped() && emptySince === undefined) return left;
    if (ports.isStopped())
      throw new RefusedError('Stopped: the queues look empty, but not for a whole minute yet.');
    await ports.pause();
  }
}
