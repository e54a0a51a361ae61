import type { Delivery } from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore, DeliveryWrite } from '../../../lambdas/domain/delivery-store.ts';
import { DeliveryTask } from '../../../lambdas/domain/delivery-task.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import { maxQueueDelay } from '../../../lambdas/domain/retry-schedule.ts';
import type { Request } from '../../crash/outbound/promises.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import { isDisturbed, isSweep, isWorker, type Process } from './calls.ts';
import type { EndpointHistory } from './endpoint-history.ts';

type Check = (isKept: boolean, violation: string) => void;

/** A call that a process has to make about a delivery, one of some, and what is broken when it does not. */
interface Duty {
  readonly calls: readonly string[];
  readonly deliveryId: string;
  readonly violation: string;
}

/** What one process has done, and has still to do. */
interface Work {
  duties: Duty[];
  /** Deliveries that another worker has, by what their record was answered with. */
  readonly lost: Map<string, number>;
  /** The requests that it made, and those that were answered with success. */
  readonly requests: Request[];
  readonly accepted: Request[];
  /** Deliveries of which it took a task, and not one that only records a success. */
  readonly toAttempt: Set<string>;
  /** How many writes there were when it began. */
  readonly begunAt: number;
  /** Records of announced deliveries that it made without a claim, as a sweep. */
  readonly made: Set<string>;
}

/** What a worker does with a delivery. */
const changing = ['deliveries.claim', 'deliveries.hold', 'deliveries.discard', 'deliveries.defer'];
/** Calls that fulfil a duty about the delivery that they name only. */
const ofOneDelivery = new Set(['sendTask', ...changing]);

const taskOf = (text: string) => parseMessage(DeliveryTask, 'delivery task', text);

/** Judges what each process does after what it was told, before it lets go of its messages. */
export function dutyRules(
  { table, deliveryQueue, now }: ReturnType<typeof outboundWorld>,
  history: Pick<EndpointHistory, 'current' | 'writes'>,
  check: Check,
) {
  const all = new WeakMap<object, Work>();
  const workOf = (process: object): Work => {
    const work = all.get(process) ?? {
      duties: [],
      lost: new Map(),
      requests: [],
      accepted: [],
      toAttempt: new Set(),
      begunAt: history.writes(),
      made: new Set(),
    };
    all.set(process, work);
    return work;
  };
  const owe = (
    process: object,
    deliveryId: string,
    call: string | readonly string[],
    violation: string,
  ): void => void workOf(process).duties.push({ deliveryId, calls: [call].flat(), violation });
  function fulfil(process: object, id: string, call: string): void {
    const work = workOf(process);
    work.duties = work.duties.filter(({ deliveryId, calls }) => deliveryId !== id || !calls.includes(call));
  }
  const owesTask = (process: object, deliveryId: string, after: string): void =>
    owe(process, deliveryId, 'sendTask', `${after} got no task`);

  function toldHeld(process: Process, delivery: Delivery | undefined): void {
    if (delivery?.status === 'held')
      owe(process, delivery.id, 'endpoints.read', 'a held delivery was left without a look at its endpoint');
  }

  /** What follows a record that is there, by this write or by the same one before. */
  function recorded(process: Process, { id, ...delivery }: Delivery): void {
    if (delivery.status === 'failed')
      owe(process, id, 'sendDeadDelivery', 'a delivery failed, and its worker sent no dead letter');
    if (delivery.status !== 'pending') return;
    const isSoon = (delivery.nextAttemptAt ?? 0) <= now() + maxQueueDelay * 1000;
    if (isSoon) owesTask(process, id, 'a retry');
  }

  const isOwn = (delivery: Delivery, [fence, record]: Parameters<DeliveryStore['record']>): boolean =>
    delivery.claims === fence.claims &&
    delivery.round === fence.round &&
    delivery.status === record.status &&
    delivery.attempts === record.attempts &&
    delivery.lastAttemptAt === record.lastAttemptAt;

  function answeredRecord(
    process: Process,
    asked: Parameters<DeliveryStore['record']>,
    { ok, delivery }: DeliveryWrite,
  ): void {
    if (delivery === undefined) return;
    if (ok || isOwn(delivery, asked)) recorded(process, delivery);
    else if (delivery.status === 'pending') workOf(process).lost.set(delivery.id, delivery.attempts + 1);
  }

  /** A sweep that has moved a due time acts on it. */
  function moved(process: Process, sweepsBefore: number, delivery: Delivery): void {
    if (delivery.sweeps <= sweepsBefore) return;
    toldHeld(process, delivery);
    if (delivery.status === 'failed')
      owe(process, delivery.id, 'sendDeadDelivery', 'a sweep found an unsent dead letter, and sent none');
    if (delivery.status === 'pending') owesTask(process, delivery.id, 'a delivery that the sweep found');
  }

  /** A success is recorded, or on the queue, when its worker is done. */
  function isKept({ deliveryId = '', round }: Request): boolean {
    const delivery = table.deliveries.get(deliveryId);
    if (delivery === undefined || delivery.round > round) return true;
    if (delivery.status === 'delivered' || delivery.status === 'discarded') return true;
    return deliveryQueue
      .contents()
      .map(taskOf)
      .some((task) => task.deliveryId === deliveryId && task.seen !== undefined);
  }

  /** @param left deliveries of which another task comes back: what is owed may have failed with that one */
  function checkLetGo(process: Process, text: string, left: ReadonlySet<string>): void {
    const { deliveryId, attempt, seen } = taskOf(text);
    const { duties, lost } = workOf(process);
    for (const duty of duties) check(duty.deliveryId !== deliveryId || left.has(deliveryId), duty.violation);
    const delivery = table.deliveries.get(deliveryId);
    if (seen !== undefined || delivery?.status !== 'pending' || delivery.attempts >= attempt) return;
    check(lost.get(deliveryId) !== attempt, 'a worker that lost its claim let go of its task');
  }

  /**
   * A worker makes the record of an announced delivery to change it: to hold it where it has read that the endpoint is disabled, to
   * discard it where it is for an earlier endpoint.
   */
  function madeByWorker(
    process: object,
    name: string,
    { id, tenant, endpointId, generation }: StoredDelivery,
  ): void {
    const life = history.current(tenant, endpointId);
    const isDisabled = life?.endpoint.status === 'disabled' && life.changedAt < workOf(process).begunAt;
    if (name === 'deliveries.claimAnnounced')
      check(!isDisabled, 'the delivery to a disabled endpoint was claimed');
    else if (isDisabled) {
      const call = generation === life.generation ? 'deliveries.hold' : 'deliveries.discard';
      owe(process, id, call, 'a delivery to a disabled endpoint is not held');
    } else owe(process, id, changing, 'a worker made a record, and left it as it was');
  }

  return {
    /** A worker begins: what it reads is read later. */
    begun: (process: Process): void => void workOf(process),

    /** A delivery got its record, by a port call. */
    made(process: object, name: string, delivery: StoredDelivery): void {
      if (isWorker(process)) madeByWorker(process, name, delivery);
      if (isSweep(process)) workOf(process).made.add(delivery.id);
    },

    /** A sweep has moved a manifest on, which names these deliveries. One whose answer is lost takes its move for refused. */
    movedOn(process: object, deliveries: readonly string[]): void {
      if (isDisturbed(process)) return;
      const { made } = workOf(process);
      for (const id of deliveries) if (made.has(id)) owesTask(process, id, 'a delivery that the sweep made');
    },

    watched: <Store extends DeliveryStore>(process: Process, store: Store): Store => ({
      ...store,
      async claim(...asked: Parameters<DeliveryStore['claim']>) {
        fulfil(process, asked[0], 'deliveries.claim');
        const write = await store.claim(...asked);
        const { ok, delivery } = write;
        toldHeld(process, ok ? undefined : delivery);
        const isEarly =
          delivery?.status === 'pending' &&
          delivery.attempts < asked[1] &&
          delivery.leaseUntil === undefined &&
          (delivery.nextAttemptAt ?? 0) > asked[2].soon;
        if (!ok && isEarly) owesTask(process, delivery.id, 'an attempt whose task came early');
        return write;
      },
      async record(...asked: Parameters<DeliveryStore['record']>) {
        const write = await store.record(...asked);
        answeredRecord(process, asked, write);
        return write;
      },
      async hold(...asked: Parameters<DeliveryStore['hold']>) {
        fulfil(process, asked[0].id, 'deliveries.hold');
        const write = await store.hold(...asked);
        toldHeld(process, write.delivery);
        return write;
      },
      async discard(...asked: Parameters<DeliveryStore['discard']>) {
        fulfil(process, asked[0].id, 'deliveries.discard');
        return store.discard(...asked);
      },
      async defer(...asked: Parameters<DeliveryStore['defer']>) {
        fulfil(process, asked[0], 'deliveries.defer');
        return store.defer(...asked);
      },
      async release(...asked: Parameters<DeliveryStore['release']>) {
        const write = await store.release(...asked);
        const { ok, delivery } = write;
        if (ok || (delivery?.status === 'pending' && delivery.dueAt === asked[2]))
          owesTask(process, asked[0].id, 'a released delivery');
        return write;
      },
      async endWait(...asked: Parameters<DeliveryStore['endWait']>) {
        const write = await store.endWait(...asked);
        const { ok, delivery } = write;
        const isThere = delivery?.status === 'pending' && delivery.nextAttemptAt === undefined;
        if (ok || (isThere && delivery.dueAt === asked[1]))
          owesTask(process, asked[0].id, 'a delivery whose wait was ended');
        return write;
      },
      async reopen(...asked: Parameters<DeliveryStore['reopen']>) {
        const write = await store.reopen(...asked);
        if (write.ok) owesTask(process, asked[0].id, 'a replay');
        return write;
      },
      async moveDue(...asked: Parameters<DeliveryStore['moveDue']>) {
        const before = table.deliveries.get(asked[0].id)?.sweeps ?? 0;
        const write = await store.moveDue(...asked);
        if (write.ok) moved(process, before, write.delivery);
        return write;
      },
    }),

    /** A process makes a call. Some are noted with their delivery instead. */
    called(process: Process, name: string): void {
      const work = workOf(process);
      if (name === 'deliveries.record')
        for (const { calls, violation } of work.duties)
          check(!calls.includes('endpoints.disable'), violation);
      if (!ofOneDelivery.has(name)) work.duties = work.duties.filter(({ calls }) => !calls.includes(name));
    },

    sent: (process: Process, text: string): void => fulfil(process, taskOf(text).deliveryId, 'sendTask'),

    taken(process: Process, text: string): void {
      const { deliveryId, seen } = taskOf(text);
      if (seen === undefined) workOf(process).toAttempt.add(deliveryId);
    },

    asked(process: Process, request: Request): void {
      const { requests, toAttempt } = workOf(process);
      requests.push(request);
      check(toAttempt.has(request.deliveryId ?? ''), 'a task that records a success made a request');
    },

    /** @param of its delivery; a worker acts on an answer only if it gets it */
    answered(process: Process, of: Pick<Request, 'webhookId' | 'endpoint'>, isRegistered: boolean): void {
      const { requests, accepted } = workOf(process);
      const request = requests.findLast(
        ({ webhookId, endpoint }) => webhookId === of.webhookId && endpoint === of.endpoint,
      );
      if (request === undefined) return;
      if (request.outcome?.kind === 'accepted') accepted.push(request);
      if (request.outcome?.kind === 'gone' && isRegistered)
        owe(
          process,
          request.deliveryId ?? '',
          'endpoints.disable',
          'an endpoint said that it is gone, and is not disabled',
        );
    },

    /** A worker has returned; these tasks are deleted next. @param canSend whether the queue has taken all that was sent */
    delivered(process: Process, texts: readonly string[], failed: readonly string[], canSend: boolean): void {
      const left = new Set(failed.map((text) => taskOf(text).deliveryId));
      for (const text of texts) checkLetGo(process, text, left);
      for (const request of workOf(process).accepted)
        check(!canSend || isKept(request), 'a success was seen, and is neither recorded nor on the queue');
    },

    /** Another process has ended. */
    ended(process: Process): void {
      if (process.hasFailed) return;
      for (const { violation } of workOf(process).duties) check(false, violation);
    },
  };
}
