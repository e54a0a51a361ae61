import { idOfAnnounced } from '../../../lambdas/domain/announced-delivery.ts';
import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import { asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { outboundEventKey } from '../../../lambdas/domain/outbound-event.ts';
import type { OutboundSettings } from '../../../lambdas/domain/outbound-settings.ts';
import type { Recovery } from '../../../lambdas/domain/recovery.ts';
import { otherItems } from '../../../lambdas/domain/tables.ts';
import { tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import type { ItemWrite } from '../../../testing/memory/dynamodb/table.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';
import { type Request, watchPromises } from '../../crash/outbound/promises.ts';
import { announcedIn } from '../../crash/outbound/publications.ts';
import { isOutlived } from '../../crash/outbound/steps.ts';
import { argsOfCall, nameOfCall, processOfCall } from '../../crash/port-call.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import { type faultyCalls, isPublisher, type Process } from './calls.ts';
import { brokenByDelivery } from './delivery-steps.ts';
import { dutyRules } from './duty-rules.ts';
import { endpointHistory } from './endpoint-history.ts';
import { brokenByOthers } from './endpoint-steps.ts';
import { brokenByLimiter, limiterStep } from './limiter-steps.ts';
import { overdue } from './overdue.ts';
import { processRules } from './process-rules.ts';
import { publishRules } from './publish-rules.ts';
import { isPassedOver } from './recovery-rules.ts';
import { requestRules } from './request-rules.ts';
import type { Story } from './story.ts';
import { taskBudget } from './task-budget.ts';

/** Watches a run for broken promises: each write, each request, each message, and what waits. */
export function watchRun(
  world: ReturnType<typeof outboundWorld>,
  story: Story,
  calls: Pick<ReturnType<typeof faultyCalls>, 'faults' | 'calmSince'>,
  settings: OutboundSettings,
) {
  const watch = watchPromises(world, false, nameOfCall);
  const history = endpointHistory(world, ({ statusSince, endpoint }) => {
    const isTooSoon = world.now() - statusSince < settings.disableAfter * 1000;
    const { reason } = endpoint.disabled ?? {};
    watch.check(
      reason !== 'failing' || !isTooSoon,
      'an endpoint was disabled for failures from before it was enabled',
    );
  });
  const { db, table, manifests, tallies, endpoints, recoveries, events } = world;
  const requests = requestRules(world, history, story, watch.check);
  const tasks = taskBudget();
  const processes = processRules(world, watch.check);
  const duties = dutyRules(world, history, watch.check);
  const publishers = publishRules(world, history, watch.check);
  const counts = { acts: 0, twice: 0, published: 0 };
  const writtenAt = new Map<string, number>();

  const lifeOfLimiter = (limiterKey: string) =>
    history.lives.findLast(
      ({ endpoint }) => endpointHash({ tenant: endpoint.tenant, endpointId: endpoint.id }) === limiterKey,
    );
  const limitsOf = (limiterKey: string) => {
    const own = lifeOfLimiter(limiterKey);
    const { maxConcurrent = settings.maxConcurrent, maxPerSecond } = own?.endpoint ?? {};
    // A worker may still know the limits of an earlier endpoint of this id, which had a rate only.
    const most = maxConcurrent ?? 100;
    return { most, perSecond: maxPerSecond, isCalm: calls.faults() === 0 };
  };

  /** Fan-out covers the endpoints that existed when the event was made. */
  function checkNew(delivery: StoredDelivery): void {
    const { tenant, eventId, generation, url } = delivery;
    const event = events.events.get(outboundEventKey(tenant, eventId));
    watch.check(event !== undefined, 'a delivery without its event');
    if (url !== undefined || event === undefined || requests.isAddressed(delivery)) return;
    const createdAt = history.lives.find((life) => life.generation === generation)?.createdAt ?? 0;
    watch.check(createdAt <= event.createdAt, 'an endpoint got an event that is older than itself');
  }

  function checkRecovery(job: Recovery): void {
    const life = history.current(job.tenant, job.endpointId);
    const isMissed = (delivery: StoredDelivery) =>
      isPassedOver(job, delivery, writtenAt.get(delivery.id) ?? 0, life);
    watch.check(!table.deliveries.values().some(isMissed), 'a recovery has left out a failed delivery');
  }

  function checkLimiter(write: Pick<ItemWrite, 'was' | 'would'> & { readonly is: Item }): void {
    // Times that wait are reserved in items of their own beside the slots.
    const [limiterKey = ''] = String(write.is['tenant']).slice(otherItems.limiter.length).split('/');
    const step = limiterStep(nameOfCall(), argsOfCall(), world.now(), limitsOf(limiterKey));
    for (const broken of brokenByLimiter(step, write)) watch.violations.add(broken);
  }

  function noteDelivery(was: StoredDelivery | undefined, is: StoredDelivery | undefined): void {
    if (is === undefined) return;
    writtenAt.set(is.id, world.now());
    requests.written(is);
    tasks.written(nameOfCall(), was, is);
    if (was === undefined && !announcedIn(world).some((one) => idOfAnnounced(one) === is.id))
      tasks.called(is.id);
    processes.wrote(processOfCall(), nameOfCall(), is);
    if (was !== undefined) return;
    checkNew(is);
    const process = processOfCall();
    publishers.made(isPublisher(process) ? process : undefined, is, calls.faults() === 0);
    if (process !== undefined) duties.made(process, nameOfCall(), is);
  }

  /** The deliveries that a manifest announces have their first tasks; those of one that was moved on are sent again. */
  function noteManifest(is: Item): void {
    const manifest = manifests.manifests.seen(is);
    const process = processOfCall();
    if (manifest === undefined || process === undefined) return;
    const { announced, deliveries } = manifest;
    switch (nameOfCall()) {
      case 'manifests.add':
        publishers.announced(process, announced, calls.faults() === 0);
        noteTasks(process, announced.map(idOfAnnounced));
        break;
      case 'manifests.moveOn':
        duties.movedOn(process, deliveries);
        noteTasks(process, deliveries);
        break;
    }
  }

  function noteTasks(process: object, deliveries: readonly string[]): void {
    for (const id of deliveries) {
      processes.mayTask(process, id);
      tasks.called(id);
    }
  }

  function noteEndpoint(write: Pick<ItemWrite, 'was' | 'would'> & { readonly is: Item }): void {
    const { was, is } = write;
    noteManifest(is);
    if (String(is['tenant']).startsWith(otherItems.limiter)) checkLimiter(write);
    const [earlier, job] = [recoveries.recoveries.seen(was), recoveries.recoveries.seen(is)];
    if (earlier?.status === 'running' && job?.status === 'done') checkRecovery(job);
  }

  db.onWrite((write) => {
    const { table: name, was, is } = write;
    const step = { ...write, name: nameOfCall(), args: argsOfCall(), now: world.now() };
    const ofStep = name === tableNames.deliveries ? brokenByDelivery(step) : brokenByOthers(step);
    for (const broken of ofStep) watch.violations.add(broken);
    if (name === tableNames.deliveries) noteDelivery(table.deliveries.seen(was), table.deliveries.seen(is));
    if (step.name === 'events.split') publishers.noted(String(is?.['id']));
    if (name === tableNames.endpoints && is !== undefined) noteEndpoint({ ...write, is });
  });

  const needsAttention = (): boolean =>
    endpoints.endpoints.values().some(({ attentionAt }) => attentionAt !== undefined) ||
    recoveries.recoveries.values().some(({ status }) => status === 'running');

  const isAsleep = ({ tenant, endpointId, status }: { tenant: string; endpointId: string; status: string }) =>
    !story.isPatient &&
    status === 'held' &&
    history.current(tenant, endpointId)?.endpoint.status === 'disabled';

  return {
    ...watch,
    history,
    tasks,
    processes,
    publishers,
    duties,
    story,

    published(message: object): void {
      const { tenant = '', id }: { readonly tenant?: string; readonly id?: string } = message;
      history.published(outboundEventKey(asTenantId(tenant), asEventId(id ?? '')));
      counts.published++;
    },
    lifeOfLimiter,
    acted: (): void => void counts.acts++,
    hasActed: (): boolean => counts.acts > 0,
    cameTwice: (): void => void counts.twice++,
    /** Tasks that a delivery may have beside those that its writes call for. */
    spareTasks: (): number =>
      calls.faults() * 3 + counts.acts + counts.twice + Math.max(0, counts.published - 1),

    taskTaken(text: string, by: Process, isForDelivery: boolean): void {
      if (isForDelivery) processes.taken(by, text);
      duties.taken(by, text);
    },
    taskSent(text: string, mayPassOn: boolean, by: Process): void {
      duties.sent(by, text);
      watch.taskSent(text, mayPassOn);
      if (mayPassOn && processes.passedOn(by, text)) return;
      processes.sent(by, text);
      publishers.sent(by, text);
      tasks.sent(text);
    },
    taskDeleted(text: string, by: Process): void {
      processes.deleted(by, text);
      // After a fault, and of two copies of a task, the sweep may do the rest.
      if (calls.faults() === 0 && counts.twice === 0) watch.taskDeleted(text);
    },
    requested(url: string, webhookId: string, body: string, process: Process): Request {
      const request = requests.requested(url, webhookId, body, process);
      watch.requests.push(request);
      if (request.deliveryId === undefined) return request;
      processes.asked(process, request.deliveryId);
      duties.asked(process, request);
      return request;
    },
    answered({ deliveryId }: Request, process: Process): void {
      if (deliveryId !== undefined) processes.answered(process, deliveryId);
    },

    /** When a sweep finds something. */
    firstDueAt(): number {
      if (needsAttention()) return world.now();
      return Math.min(
        ...table.deliveries.values().map(({ dueAt = Number.POSITIVE_INFINITY }) => dueAt),
        ...manifests.manifests.values().map(({ lookAt }) => lookAt),
        ...tallies.tallies
          .values()
          .map(({ count, notifyAt }) => (count > 0 ? notifyAt : Number.POSITIVE_INFINITY)),
      );
    },

    /** Whether nothing is left to do but to wait for a person, if anything waits for one. */
    isAtRest: (isPatient = false): boolean =>
      !needsAttention() &&
      manifests.manifests.size === 0 &&
      table.deliveries
        .values()
        .every((delivery) => delivery.dueAt === undefined || (!isPatient && isAsleep(delivery))) &&
      tallies.tallies.values().every(({ count }) => count === 0),

    /** Looks for what waits too long. @param idleSince since when no worker has had a task */
    look(idleSince: number): void {
      watch.checkCoverage();
      const { faults, calmSince } = calls;
      const isPunctual = story.latePercent === 0;
      const moments = { faults: faults(), calmSince: calmSince(), idleSince, writtenAt, isPunctual };
      for (const text of overdue(world, history, moments)) watch.violations.add(text);
      watch.check(
        !isOutlived(table.deliveries.values(), events.events, world.now()),
        'an event expires before its delivery is over',
      );
    },
  };
}
