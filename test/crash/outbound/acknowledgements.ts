import { DeliveryTask } from '../../../lambdas/domain/delivery-task.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import { maxQueueDelay } from '../../../lambdas/domain/retry-schedule.ts';
import { later, type UnixMillis } from '../../../lambdas/domain/time.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';

type World = Pick<ReturnType<typeof outboundWorld>, 'table' | 'deliveryQueue' | 'now'>;

const openTask = (text: string) => parseMessage(DeliveryTask, 'delivery task', text);

/** The round of a task's delivery; the first one of a delivery that is only announced. */
export const roundOf = (text: string, { table }: World): number =>
  table.deliveries.get(openTask(text).deliveryId)?.round ?? 1;

/** A task, without regard to the order of its fields, and to whether it announces its delivery: when sent again it does not. */
export function taskIn(text: string): string {
  const { announced: _, ...task } = openTask(text);
  return JSON.stringify(task);
}

/** Only the worker that records an attempt sends the next task. */
export function isSentInTurn(text: string, { table }: World): boolean {
  const { deliveryId, attempt } = openTask(text);
  return attempt <= (table.deliveries.get(deliveryId)?.attempts ?? 0) + 1;
}

/**
 * Whether a task may be deleted: its attempt is recorded, or another message for it exists.
 *
 * While a worker has the delivery, another message counts only if it records a success. Otherwise it may be the worker's
 * own message, which comes back long after the lease ends.
 *
 * A replay that began since the task was sent sends a task of its own, which is not in the queue yet.
 *
 * @param isPrompt the worker has just decided; otherwise another may have claimed the delivery since
 * @param round that of the delivery when the task was sent
 */
export function isCarriedOn(
  text: string,
  { table, deliveryQueue, now }: World,
  { isPrompt, round }: { readonly isPrompt: boolean; readonly round: number },
): boolean {
  const { deliveryId, attempt, seen } = openTask(text);
  const delivery = table.deliveries.get(deliveryId);
  if (delivery === undefined || delivery.status !== 'pending' || delivery.attempts >= attempt) return true;
  if (delivery.round > (seen?.round ?? round)) return true;
  if (isTheSweeps(delivery.nextAttemptAt, now())) return true;
  const others = deliveryQueue
    .contents()
    .map(openTask)
    .filter((other) => other.deliveryId === deliveryId && other.attempt >= attempt);
  const isFree = !isPrompt || delivery.leaseUntil === undefined;
  return others.some((other) => isFree || other.seen !== undefined);
}

const isTheSweeps = (nextAttemptAt: UnixMillis | undefined, now: UnixMillis): boolean =>
  nextAttemptAt !== undefined && nextAttemptAt > later(now, maxQueueDelay);
