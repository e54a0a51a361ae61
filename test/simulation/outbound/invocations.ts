import type { Millis } from '../../../lambdas/domain/time.ts';
import { deliver } from '../../../lambdas/outbound/deliver/deliver.ts';
import { publish } from '../../../lambdas/outbound/publish/publish.ts';
import { sweep } from '../../../lambdas/outbound/sweep/sweep.ts';
import { queueOf } from '../../../testing/memory/task-queues.ts';
import { startAct } from './acts.ts';
import type { Moment } from './faults.ts';
import type { Processes } from './processes.ts';
import type { Story } from './story.ts';
import type { SimulatedOutbound } from './world.ts';

const minute = 60_000;
const sweepTimeout = 45_000;
/** Shorter than the lease. */
const deliverTimeout = 75_000;
const publishBatch = 10;

/** What happens at a planned moment. */
interface Planned {
  readonly at: Moment;
  start(): void;
}

const textsOf = (messages: readonly { readonly text: string }[]) => messages.map(({ text }) => text);

/** The part of AWS and of the people: invokes functions with messages, calls the sweep each minute, publishes, and acts. */
export function invocations(world: SimulatedOutbound, running: Processes, story: Story) {
  const { publishQueue, deliveryQueue, settings, time, places, trace } = world;
  const startedAt = time.now();
  const planned: Planned[] = [
    ...story.publications.map(({ at, message }) => ({
      at,
      start() {
        trace.note('publisher', () => `publishes ${describe(message)}`);
        world.watch.published(message);
        void publishQueue.send({ body: JSON.stringify(message) });
      },
    })),
    ...story.acts.map((act) => ({ at: act.at, start: () => startAct(act, world, running, story) })),
  ];
  let nextSweepAt = startedAt + minute;

  const isReached = (at: Moment): boolean =>
    'second' in at ? time.now() >= startedAt + at.second * 1000 : places.isReached(at);

  function nextPlanned(): (() => void) | undefined {
    const index = planned.findIndex(({ at }) => isReached(at));
    return index === -1 ? undefined : () => planned.splice(index, 1)[0]?.start();
  }

  /** An error fails one message only, also after a fault. */
  const wholeBatch = <Failed>(run: Promise<Failed>): Promise<Failed> =>
    run.catch((error: unknown) => {
      world.watch.check(false, 'an error of one message failed its whole batch');
      throw error;
    });

  function startPublish(): void {
    running.start('publishing', async (ports, process) => {
      world.watch.publishers.begun(process);
      const messages = await world.receivePublications(publishBatch);
      const failed = await wholeBatch(publish(messages, settings, ports));
      const done = messages.filter(({ messageId }) => !failed.includes(messageId));
      const left = messages.filter((message) => !done.includes(message));
      world.watch.publishers.done(process, textsOf(done), textsOf(left));
      return async () => {
        for (const { receiptHandle } of done) await publishQueue.delete(receiptHandle);
      };
    });
  }

  /** Whether no success can be lost: its worker has seen it, and the table or the queue takes it. */
  const canSend = (): boolean =>
    world.calls
      .happened()
      .every(({ kind, name, of = 'tables' }) => of === 'tables' && kind !== 'purges' && name !== 'sendTask');

  function startDeliver(): void {
    const diesAt = time.now() + deliverTimeout;
    const hasTime = (span: Millis) => diesAt - time.now() >= span;
    running.start('delivering', async (ports, process) => {
      world.watch.duties.begun(process);
      const messages = await world.receiveTasks(story.batchSize, process);
      const failed = await wholeBatch(
        deliver(messages, { queue: queueOf(messages), hasTime }, settings, ports),
      );
      const done = messages.filter(({ messageId }) => !failed.includes(messageId));
      const left = messages.filter((message) => !done.includes(message));
      world.watch.duties.delivered(process, textsOf(done), textsOf(left), canSend());
      return async () => {
        for (const { receiptHandle } of done) await world.deleteTask(receiptHandle, process);
      };
    });
  }

  function startSweeps(): void {
    nextSweepAt = startedAt + (Math.floor((time.now() - startedAt) / minute) + 1) * minute;
    const endsAt = time.now() + sweepTimeout;
    for (let each = 0; each < story.sweepsAtOnce; each++) {
      running.start('sweeping', async (ports, process) => {
        await sweep(settings.deliveryRetention, () => time.now() < endsAt, ports);
        world.watch.duties.ended(process);
        return undefined;
      });
    }
  }

  const mayPublish = () =>
    running.active('publishing') < story.publishWorkers && publishQueue.nextVisibleAt() <= time.now();
  const mayDeliver = () =>
    running.active('delivering') < story.deliverWorkers && deliveryQueue.nextVisibleAt() <= time.now();
  const maySweep = () =>
    time.now() >= nextSweepAt && running.active('sweeping') === 0 && world.watch.firstDueAt() <= time.now();

  const isQuiet = (isPatient = false) =>
    running.all() === 0 &&
    publishQueue.contents().length === 0 &&
    deliveryQueue.contents().length === 0 &&
    world.watch.isAtRest(isPatient);

  return {
    /** What may begin now. */
    startable(): (() => void) | undefined {
      return (
        nextPlanned() ??
        (mayPublish() ? startPublish : undefined) ??
        (mayDeliver() ? startDeliver : undefined) ??
        (maySweep() ? startSweeps : undefined)
      );
    },

    /** An idle sweep only reads, so time moves to the next one that finds something. */
    nextAt(): number {
      const minutes = Math.ceil((world.watch.firstDueAt() - startedAt) / minute);
      const moments = planned.map(({ at }) =>
        'second' in at ? startedAt + at.second * 1000 : Number.POSITIVE_INFINITY,
      );
      const candidates = [
        time.nextWake(),
        publishQueue.nextVisibleAt(),
        deliveryQueue.nextVisibleAt(),
        Math.max(nextSweepAt, startedAt + minutes * minute),
        ...moments,
      ];
      return Math.min(...candidates.filter((at) => at > time.now()));
    },

    isOver: () => planned.length === 0 && isQuiet(story.isPatient),
    /** When nothing is left to do, a moment that never came comes now. */
    hurry(): boolean {
      if (planned.length === 0 || !isQuiet()) return false;
      planned.splice(0, 1)[0]?.start();
      return true;
    },
  };
}

function describe(message: object): string {
  const { filling, ...data }: { filling?: string } = Reflect.get(message, 'data') ?? {};
  return JSON.stringify({ ...message, data: filling === undefined ? data : { ...data, filling: '9 KB' } });
}
