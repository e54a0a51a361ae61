import type { Millis } from '../../../lambdas/domain/time.ts';
import { deliver } from '../../../lambdas/outbound/deliver/deliver.ts';
import { publish } from '../../../lambdas/outbound/publish/publish.ts';
import { sweep } from '../../../lambdas/outbound/sweep/sweep.ts';
import { queueOf } from '../../../testing/memory/task-queues.ts';
import { changeEndpoint, isOfEndpoint } from './changes.ts';
import { peopleOf } from './people.ts';
import type { Processes } from './processes.ts';
import type { Change, Scenario } from './scenario.ts';
import type { SimulatedWorld } from './world.ts';

const minute = 60_000;
const sweepTimeout = 45_000;
/** Shorter than the lease. */
const deliverTimeout = 75_000;
const batch = { publish: 10, deliver: 5 };

/** The part of AWS: invokes functions with messages, deletes those that do not fail, and calls the sweep each minute. */
export function invocations(world: SimulatedWorld, running: Processes, scenario: Scenario) {
  const { publishQueue, deliveryQueue, table, manifests, endpoints, tallies, settings, time } = world;
  const startedAt = time.now();
  const changes = [...(scenario.changes ?? [])];
  /** Only an endpoint that has a delivery is created again; otherwise the event would belong to the new one. */
  const isAwaited = (next: Change): boolean =>
    next.kind === 'recreate' &&
    ![...table.deliveries.values()].some(({ endpointId }) => endpointId === next.endpoint);
  const changeAt = () => {
    const [next] = changes;
    return next === undefined || isAwaited(next) ? Number.POSITIVE_INFINITY : startedAt + next.at * 1000;
  };
  let nextSweepAt = startedAt + minute;

  /** Without a seed, processes run one after the other, unless the scenario has several workers. */
  const isFree = () =>
    scenario.seed !== undefined || (scenario.deliverWorkers ?? 1) > 1 || running.active() === 0;
  const needsAttention = () =>
    [...endpoints.endpoints.values()].some(({ attentionAt }) => attentionAt !== undefined);
  const firstDueAt = () =>
    Math.min(
      ...[...table.deliveries.values()].map(({ dueAt = Number.POSITIVE_INFINITY }) => dueAt),
      ...[...manifests.manifests.values()].map(({ lookAt }) => lookAt),
      ...[...tallies.tallies.values()].filter(({ count }) => count > 0).map(({ notifyAt }) => notifyAt),
      needsAttention() || world.hasJobs() ? time.now() : Number.POSITIVE_INFINITY,
    );

  /** Whether nothing is unfinished except for what a stalled process still holds. */
  const isQuiet = () =>
    running.active() === 0 &&
    publishQueue.contents().length === 0 &&
    deliveryQueue.contents().length === 0 &&
    firstDueAt() === Number.POSITIVE_INFINITY;

  const people = peopleOf(scenario, world, running, isQuiet);

  function startPublish(): boolean {
    if (running.active('publishing') > 0) return false;
    const messages = publishQueue.receive(batch.publish);
    if (messages.length === 0) return false;
    running.start('publishing', async (ports) => {
      const failed = await publish(messages, settings, ports);
      const done = messages.filter(({ messageId }) => !failed.includes(messageId));
      return async () => {
        for (const message of done) await world.deletePublication(message);
      };
    });
    return true;
  }

  function startDeliver(): boolean {
    if (running.active('delivering') >= (scenario.deliverWorkers ?? 1)) return false;
    const messages = world.receiveTasks(batch.deliver);
    if (messages.length === 0) return false;
    const diesAt = time.now() + deliverTimeout;
    const hasTime = (span: Millis) => diesAt - time.now() >= span;
    running.start('delivering', async (ports) => {
      const failed = await deliver(messages, { queue: queueOf(messages), hasTime }, settings, ports);
      const done = messages.filter(({ messageId }) => !failed.includes(messageId));
      return async () => {
        for (const { receiptHandle } of done) await world.deleteMessage(receiptHandle);
      };
    });
    return true;
  }

  function startSweeps(): boolean {
    if (time.now() < nextSweepAt || running.active('sweeping') > 0) return false;
    nextSweepAt = startedAt + (Math.floor((time.now() - startedAt) / minute) + 1) * minute;
    if (firstDueAt() > time.now()) return false;
    const endsAt = time.now() + sweepTimeout;
    for (let each = 0; each < (scenario.sweepsAtOnce ?? 1); each++) {
      running.start('sweeping', async (ports) => {
        await sweep(settings.deliveryRetention, () => time.now() < endsAt, ports);
        return async () => undefined;
      });
    }
    return true;
  }

  function change(): boolean {
    if (changeAt() > time.now()) return false;
    const [next] = changes.splice(0, 1);
    if (next?.kind === 'retry') people.startRetry(next.endpoint);
    else if (next?.kind === 'publish') void world.send(next.publication);
    else if (next !== undefined && isOfEndpoint(next)) changeEndpoint(next, world);
    return true;
  }

  return {
    startNext: (): boolean => change() || (isFree() && (startPublish() || startDeliver() || startSweeps())),

    /** An idle sweep only reads, so time moves to the next one that finds something. */
    nextAt(): number {
      if (!isFree()) return Math.min(time.nextWake(), Math.max(changeAt(), time.now()));
      const minutes = Math.ceil((firstDueAt() - startedAt) / minute);
      const sweepAt = Math.max(nextSweepAt, startedAt + minutes * minute);
      const candidates = [
        time.nextWake(),
        people.nextActAt(),
        changeAt(),
        publishQueue.nextVisibleAt(),
        deliveryQueue.nextVisibleAt(),
        sweepAt,
      ];
      return Math.max(time.now(), Math.min(...candidates.filter((at) => at > time.now())));
    },

    isOver: () => isQuiet() && people.isDone() && changes.length === 0,
    act: people.act,
  };
}
