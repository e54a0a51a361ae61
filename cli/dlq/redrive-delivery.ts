import * as v from 'valibot';
import type { Delivery } from '../../lambdas/domain/delivery-record.ts';
import { DeliveryTask } from '../../lambdas/domain/delivery-task.ts';
import { parseJson } from '../../lambdas/domain/json.ts';
import type { Resent } from './redrive.ts';

/** How to redrive the dead letter of a delivery. */
export type DeliveryRedrive =
  | { readonly kind: 'replay' }
  /** The task is sent back: the delivery still waits for it, or it has a success that is not recorded yet. */
  | { readonly kind: 'task'; readonly task: DeliveryTask; readonly delivery: Delivery }
  | Exclude<Resent, { readonly kind: 'sent' }>;

/**
 * Decides by the delivery's record. A delivery that was replayed or delivered meanwhile is not sent again.
 *
 * @param taskText the task, when SQS moved it; undefined for a failed delivery
 */
export function redriveOf(delivery: Delivery | undefined, taskText: string | undefined): DeliveryRedrive {
  if (delivery === undefined) return { kind: 'refused', reason: 'the delivery has no record' };
  const task = taskText === undefined ? undefined : parseTask(taskText);
  if (delivery.status === 'delivered') return { kind: 'obsolete' };
  const isUnfinished = delivery.status === 'pending' || delivery.status === 'held';
  if (task && (isUnfinished || task.seen)) return { kind: 'task', task, delivery };
  return isUnfinished ? { kind: 'obsolete' } : { kind: 'replay' };
}

function parseTask(text: string): DeliveryTask | undefined {
  const result = v.safeParse(DeliveryTask, parseJson(text));
  return result.success ? result.output : undefined;
}
