import type { SQSClient } from '@aws-sdk/client-sqs';
import type { UnixMillis } from '../../lambdas/domain/time.ts';
import { type Dlq, dlqsNamed } from '../dlq/queues-of-stack.ts';
import { type QueueCounts, queueCounts, totalOf } from '../kept/queue-counts.ts';
import { type DeployedSource, type Deployment, sourceOf } from '../stack/deployment.ts';
import { RefusedError } from '../terminal/errors.ts';
import type { Unfinished } from './unfinished.ts';

/** A work queue and its dead-letter queue. */
export interface Watched {
  /** Its name on the command line. */
  readonly name: string;
  /** Undefined for a DLQ without a work queue, such as that of the SNS subscription. */
  readonly queueUrl: string | undefined;
  readonly dlqUrl: string;
  /** `source`: events of a source; `sending`: published events and deliveries. */
  readonly kind: 'source' | 'sending';
  /** Whether several sources share the queue. */
  readonly isShared: boolean;
  /** How long a message that just failed may still be retried, in seconds; undefined when unknown. */
  readonly retries: number | undefined;
}

/**
 * Finds the queues that lose their consumer when a source is removed.
 *
 * @throws RefusedError when the stack does not have the source
 */
export function watchedSource(deployment: Deployment, name: string): readonly Watched[] {
  const source = sourceOf(deployment, name);
  return dlqsNamed(deployment, `source:${source.name}`).map((dlq) => watchedDlq(deployment, dlq));
}

/** Finds the queues that `cdk destroy` leaves without a consumer: every queue of the stack, those of the sources first. */
export function watchedAll(deployment: Deployment): readonly Watched[] {
  const watched = dlqsNamed(deployment).map((dlq) => watchedDlq(deployment, dlq));
  const ofKind = (wanted: Watched['kind']) => watched.filter(({ kind }) => kind === wanted);
  return [...ofKind('source'), ...ofKind('sending')];
}

function watchedDlq(deployment: Deployment, { name, kind, url, workQueueUrl }: Dlq): Watched {
  const sources = Object.values(deployment.sources).filter(({ queueUrl }) => queueUrl === workQueueUrl);
  return {
    name,
    queueUrl: workQueueUrl,
    dlqUrl: url,
    kind: kind === 'inbound' ? 'source' : 'sending',
    isShared: sources.length > 1,
    retries: retriesOf(sources),
  };
}

/** The longest span of these sources, since a queue has the events of all. */
function retriesOf(sources: readonly DeployedSource[]): number | undefined {
  const all = sources.map(({ checks }) => checks?.handlerRetryDelays);
  const known = all.flatMap((delays) => (delays ? [delays.reduce((sum, delay) => sum + delay, 0)] : []));
  return known.length === all.length && known.length > 0 ? Math.max(...known) : undefined;
}

/** The messages in a queue and in its DLQ; undefined when the queue does not exist. */
export interface LeftInQueues {
  readonly watched: Watched;
  readonly queue: QueueCounts | undefined;
  readonly dead: QueueCounts | undefined;
}

/** The messages left, and the unfinished deliveries and recoveries of the tables; undefined when only one source is checked. */
export interface Left {
  readonly queues: readonly LeftInQueues[];
  readonly unfinished: Unfinished | undefined;
}

const none: QueueCounts = { waiting: 0, inFlight: 0, delayed: 0 };

/** Counts the messages once. */
export async function lookAt(client: SQSClient, watched: Watched): Promise<LeftInQueues> {
  const { queueUrl, dlqUrl } = watched;
  const [queue, dead] = await Promise.all([
    queueUrl === undefined ? none : queueCounts(client, queueUrl),
    queueCounts(client, dlqUrl),
  ]);
  return { watched, queue, dead };
}

export interface RemovalWaitPorts {
  look(): Promise<Left>;
  pause(): Promise<void>;
  now(): UnixMillis;
  progress(left: Left): void;
  /** Ctrl-C. */
  isStopped(): boolean;
}

/** How long a queue must be empty to count as empty, since SQS's counts lag. */
const emptyForMs = 60_000;

/**
 * Waits until no event or delivery is in progress. Does not wait for dead letters and held deliveries, which are not retried
 * automatically. Stops when a queue or table does not exist.
 *
 * @returns the last counts
 */
export async function untilEmpty(ports: RemovalWaitPorts): Promise<Left> {
  let emptySince: UnixMillis | undefined;
  for (;;) {
    const left = await ports.look();
    if (hasMissing(left)) return left;
    ports.progress(left);
    const now = ports.now();
    emptySince = isOnItsWay(left) ? undefined : (emptySince ?? now);
    if (isEnd(emptySince, now, ports)) return left;
    await ports.pause();
  }
}

/** @throws RefusedError when Ctrl-C comes before the minute is over */
function isEnd(emptySince: UnixMillis | undefined, now: UnixMillis, ports: RemovalWaitPorts): boolean {
  if (emptySince === undefined) return ports.isStopped();
  if (now - emptySince >= emptyForMs) return true;
  if (!ports.isStopped()) return false;
  throw new RefusedError('Stopped: the queues look empty, but not for a whole minute yet.');
}

const hasMissing = ({ queues, unfinished }: Left): boolean =>
  queues.some(({ queue, dead }) => queue === undefined || dead === undefined) ||
  (unfinished !== undefined && unfinished.missing.length > 0);

const isOnItsWay = ({ queues, unfinished }: Left): boolean =>
  queues.some(({ queue }) => totalOf(queue ?? none) > 0) ||
  (unfinished !== undefined && unfinished.pending + unfinished.unburied + unfinished.recoveries > 0);
