import { DeliveryTask } from '../../../lambdas/domain/delivery-task.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';

/** Counts the tasks of each delivery, and the writes that call for one. */
export function taskBudget() {
  const sent = new Map<string, number>();
  const called = new Map<string, number>();
  const add = (counts: Map<string, number>, id: string): void =>
    void counts.set(id, (counts.get(id) ?? 0) + 1);

  return {
    sent: (text: string): void => add(sent, parseMessage(DeliveryTask, 'delivery task', text).deliveryId),

    called: (id: string): void => add(called, id),

    /** Each step of a delivery that its next task follows. */
    written(name: string, was: StoredDelivery | undefined, is: StoredDelivery): void {
      // What was announced has its task from its manifest.
      if (was === undefined) return;
      const isStep =
        is.round > was.round ||
        is.attempts > was.attempts ||
        is.sweeps > was.sweeps ||
        (was.status === 'held' && is.status === 'pending') ||
        name === 'deliveries.defer' ||
        name === 'deliveries.endWait' ||
        (name === 'deliveries.record' && is.status === 'pending');
      if (isStep) add(called, is.id);
    },

    /** @param spare tasks that faults and people may add to each delivery */
    isKept: (spare: number): boolean =>
      [...sent].every(([id, count]) => count <= (called.get(id) ?? 0) + spare),
  };
}
