import type { Delivery } from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { DeliveryTask } from '../../../lambdas/domain/delivery-task.ts';
import type { DeliveryId } from '../../../lambdas/domain/ids.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import { taskIn } from '../../crash/outbound/acknowledgements.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import type { Process } from './calls.ts';

type Check = (isKept: boolean, violation: string) => void;

/** What one process has done. */
interface Done {
  /** The tasks that it has taken from the delivery queue, and not passed on. */
  readonly taken: string[];
  /** Tasks that it may still send, by delivery. */
  readonly mayTask: Map<string, number>;
  /** Attempts whose delivery another worker has, or had when it died. */
  readonly refused: Set<string>;
  /** Requests under way, by delivery. */
  readonly asking: Set<string>;
  /** Crashes of the suspect that it claimed last. */
  crashes: number;
}

/** Steps of a delivery after which its process sends a task. */
const calling = new Set([
  'deliveries.create',
  'deliveries.record',
  'deliveries.defer',
  'deliveries.release',
  'deliveries.endWait',
  'deliveries.reopen',
  'deliveries.moveDue',
]);

/** Judges what each process does with what it knows: the tasks it sends and deletes, and its suspects. */
export function processRules({ table, now }: ReturnType<typeof outboundWorld>, check: Check) {
  const all = new WeakMap<object, Done>();
  const doneBy = (process: object): Done => {
    const done = all.get(process) ?? {
      taken: [],
      mayTask: new Map(),
      refused: new Set(),
      asking: new Set(),
      crashes: 0,
    };
    all.set(process, done);
    return done;
  };
  const allowTask = (process: object, id: string): void => {
    const { mayTask } = doneBy(process);
    mayTask.set(id, (mayTask.get(id) ?? 0) + 1);
  };
  const attemptOf = (id: string, attempt: number): string => `${id}/${attempt}`;

  function wasRefused(process: Process, attempt: number, delivery: Delivery | undefined): void {
    if (delivery?.status !== 'pending' || delivery.attempts >= attempt) return;
    if (delivery.leaseUntil !== undefined) doneBy(process).refused.add(attemptOf(delivery.id, attempt));
    else allowTask(process, delivery.id);
  }

  function allowIfDue(process: Process, delivery: Delivery | undefined, dueAt: number): void {
    if (delivery?.status === 'pending' && delivery.dueAt === dueAt) allowTask(process, delivery.id);
  }

  function beginSuspect(process: Process, seen: Delivery): void {
    const done = doneBy(process);
    check(done.asking.size === 0, 'a delivery that may have killed its worker runs beside its batch');
    check(seen.crashes >= done.crashes, 'a suspect with more crashes ran before one with fewer');
    done.crashes = seen.crashes;
  }

  return {
    /** The store, with a look at the results of its calls. */
    watched: <Store extends DeliveryStore>(process: Process, store: Store): Store => ({
      ...store,
      async create(delivery: Delivery) {
        const first = await store.create(delivery);
        if (first !== undefined) allowTask(process, first.id);
        return first;
      },
      // A publisher sends the task of a delivery again that an earlier message announced or made.
      async read(id: DeliveryId) {
        const found = await store.read(id);
        if (process.name.startsWith('publishing')) allowTask(process, id);
        return found;
      },
      async claimAnnounced(...asked: Parameters<DeliveryStore['claimAnnounced']>) {
        const write = await store.claimAnnounced(...asked);
        const [first] = asked;
        if (write.ok) doneBy(process).refused.delete(attemptOf(first.id, 1));
        else wasRefused(process, 1, write.delivery);
        return write;
      },
      async claim(...asked: Parameters<DeliveryStore['claim']>) {
        const write = await store.claim(...asked);
        if (write.ok) doneBy(process).refused.delete(attemptOf(asked[0], asked[1]));
        else wasRefused(process, asked[1], write.delivery);
        return write;
      },
      async claimSuspect(...asked: Parameters<DeliveryStore['claimSuspect']>) {
        const write = await store.claimSuspect(...asked);
        const [seen, attempt] = asked;
        if (!write.ok) return write;
        doneBy(process).refused.delete(attemptOf(seen.id, attempt));
        beginSuspect(process, seen);
        return write;
      },
      // Two processes that release it in one millisecond take the same write for their own.
      async endWait(...asked: Parameters<DeliveryStore['endWait']>) {
        const write = await store.endWait(...asked);
        if (!write.ok) allowIfDue(process, write.delivery, asked[1]);
        return write;
      },
      async release(...asked: Parameters<DeliveryStore['release']>) {
        const write = await store.release(...asked);
        if (!write.ok) allowIfDue(process, write.delivery, asked[2]);
        return write;
      },
      async defer(...asked: Parameters<DeliveryStore['defer']>) {
        const write = await store.defer(...asked);
        if (!write.ok) wasRefused(process, asked[1], write.delivery);
        return write;
      },
    }),

    mayTask(process: object | undefined, id: string): void {
      if (process !== undefined) allowTask(process, id);
    },

    wrote(process: object | undefined, name: string, is: StoredDelivery): void {
      if (process !== undefined && calling.has(name)) allowTask(process, is.id);
    },

    /** A process has received a message of the delivery queue. */
    taken: (process: Process, text: string): void => void doneBy(process).taken.push(taskIn(text)),

    /** Whether a task is one that the process took from the delivery queue, and passes on to the other. Takes note of it. */
    passedOn(process: Process, text: string): boolean {
      const { taken, refused } = doneBy(process);
      const { deliveryId, attempt } = parseMessage(DeliveryTask, 'delivery task', text);
      // The task in the other queue carries the attempt on.
      refused.delete(attemptOf(deliveryId, attempt));
      const index = taken.indexOf(taskIn(text));
      if (index !== -1) taken.splice(index, 1);
      return index !== -1;
    },

    /** Each task follows a step of its delivery that the same process made. */
    sent(process: Process, text: string): void {
      const { deliveryId, attempt, seen } = parseMessage(DeliveryTask, 'delivery task', text);
      // Another message records the success that could not be written.
      if (seen !== undefined) doneBy(process).refused.delete(attemptOf(deliveryId, attempt));
      if (process.isFaulty || seen !== undefined || process.name.startsWith('managing')) return;
      const { mayTask } = doneBy(process);
      const left = (mayTask.get(deliveryId) ?? 0) - 1;
      mayTask.set(deliveryId, left);
      check(left >= 0, 'a process sent a task without a step of its delivery');
    },

    /** A task stays on the queue while its delivery is with another worker, who may die. */
    deleted(process: Process, text: string): void {
      const { deliveryId, attempt, seen } = parseMessage(DeliveryTask, 'delivery task', text);
      if (seen !== undefined || !doneBy(process).refused.has(attemptOf(deliveryId, attempt))) return;
      const delivery = table.deliveries.get(deliveryId);
      const isOpen = delivery?.status === 'pending' && delivery.attempts < attempt;
      check(
        !isOpen || (delivery.nextAttemptAt ?? 0) > now(),
        'a task was deleted whose delivery another worker has',
      );
    },

    asked: (process: Process, id: string): void => void doneBy(process).asking.add(id),
    answered: (process: Process, id: string): void => void doneBy(process).asking.delete(id),
  };
}
