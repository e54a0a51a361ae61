import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import type { TaskQueue } from '../../../lambdas/domain/delivery-task.ts';
import { asTenantId } from '../../../lambdas/domain/ids.ts';
import type { OutboundSettings } from '../../../lambdas/domain/outbound-settings.ts';
import { otherItems } from '../../../lambdas/domain/tables.ts';
import { deliver } from '../../../lambdas/outbound/deliver/deliver.ts';
import { endpointMemories } from '../../../lambdas/outbound/deliver/endpoint-memory.ts';
import type { SignedRequest } from '../../../lambdas/outbound/ports.ts';
import { sidelineConcurrency } from '../../../lib/settings.ts';
import type { Request } from '../../../testing/memory/dynamodb/requests.ts';
import { taskQueues } from '../../../testing/memory/task-queues.ts';
import { settle, virtualTime } from '../../crash/outbound/virtual-time.ts';
import { newEndpoint } from '../fixtures/new-endpoint.ts';
import { accepted, outboundSettings, start } from '../fixtures/outbound.ts';
import { outboundWorld } from './outbound-world.ts';

interface Options {
  readonly workers: number;
  readonly batchSize: number;
  /** In ms. */
  readonly answersIn: number | (() => number);
  readonly limits?: Parameters<typeof newEndpoint>[1];
  readonly outcome?: AttemptOutcome | ((now: number) => AttemptOutcome);
  readonly settings?: OutboundSettings;
  /** Writes a second that the item of the limiter takes. @default any number, and it answers at once */
  readonly itemTakes?: number;
}

/** A write to an item of DynamoDB, in ms. */
const itemAnswersIn = 5;

const timedOut: AttemptOutcome = { kind: 'unreachable', cause: 'timeout', phase: 'head', error: 'no answer' };

/** One endpoint and many warm workers on a virtual clock, to measure how the endpoint's limiter paces them. */
export async function pacedWorld({ workers, batchSize, answersIn, limits = {}, ...more }: Options) {
  const { outcome = accepted, settings = outboundSettings, itemTakes } = more;
  const writes = { limiter: 0, until: 0 };
  /** Counts a write to the limiter's item, which waits until it can take one more. */
  function before({ action, input }: Request): Promise<void> | undefined {
    if (action !== 'UpdateItem' || !String(input.Key?.['tenant']).startsWith(otherItems.limiter)) return;
    writes.limiter++;
    if (itemTakes === undefined) return;
    writes.until = Math.max(writes.until + 1_000 / itemTakes, world.now());
    return time.sleep(writes.until - world.now() + itemAnswersIn);
  }
  const world = outboundWorld(undefined, settings, { hooks: { before } });
  const time = virtualTime(world.now, world.advance);
  const { deliveryQueue } = world;
  await world.endpoints.create(newEndpoint(start, limits));
  const under = { way: 0, most: 0 };
  const arrivals: number[] = [];
  const drawn = { count: 0 };
  const processes = (count: number) => Array.from({ length: count }, () => endpointMemories());
  const idle: Record<TaskQueue, ReturnType<typeof endpointMemories>[]> = {
    delivery: processes(workers),
    sideline: processes(sidelineConcurrency(workers)),
  };
  const isIdle = () =>
    idle.delivery.length === workers && idle.sideline.length === sidelineConcurrency(workers);

  const ports = {
    ...world.deliverPorts,
    random: () => (drawn.count++ % 97) / 97,
    pause: (span: number) => time.sleep(span),
    after(span: number, act: () => void) {
      const watch = { isOver: false };
      void time.sleep(span).then(() => (watch.isOver ? undefined : act()));
      return () => {
        watch.isOver = true;
      };
    },
    async post({ timeout }: SignedRequest) {
      under.most = Math.max(under.most, ++under.way);
      const span = typeof answersIn === 'number' ? answersIn : answersIn();
      await time.sleep(Math.min(span, timeout));
      under.way--;
      if (span > timeout) return timedOut;
      arrivals.push(world.now());
      return typeof outcome === 'function' ? outcome(world.now()) : outcome;
    },
  };

  async function work(queue: TaskQueue, memoryOf: ReturnType<typeof endpointMemories>): Promise<void> {
    const messages = deliveryQueue.receiveFrom(queue, batchSize);
    const failed = await deliver(messages, { queue, hasTime: () => true }, settings, { ...ports, memoryOf });
    for (const { messageId, receiptHandle } of messages)
      if (!failed.includes(messageId)) await deliveryQueue.delete(receiptHandle);
    idle[queue].push(memoryOf);
  }

  function startWorkers(): boolean {
    let hasStarted = false;
    for (const queue of taskQueues)
      while (deliveryQueue.nextVisibleIn(queue) <= world.now()) {
        const memoryOf = idle[queue].shift();
        if (memoryOf === undefined) break;
        void work(queue, memoryOf);
        hasStarted = true;
      }
    return hasStarted;
  }

  const isDone = (): boolean => isIdle() && deliveryQueue.contents().length === 0;
  const nextAt = (): number =>
    Math.min(
      time.nextWake(),
      ...taskQueues
        .filter((queue) => idle[queue].length > 0)
        .map((queue) => deliveryQueue.nextVisibleIn(queue)),
    );

  return {
    world,
    arrivals,
    under,
    /** Writes to the endpoint's limiter, the refused ones included. */
    writes: () => writes.limiter,
    deferrals: () => world.report.total('DeliveriesDeferred'),
    async publish(count: number, prefix = 'e'): Promise<void> {
      const events = Array.from({ length: count }, (_, id) => ({
        id: `${prefix}${id}`,
        type: 'invoice.paid',
        tenant: asTenantId('acme'),
        data: {},
      }));
      for (let from = 0; from < count; from += 10) await world.publish(...events.slice(from, from + 10));
    },
    /** Lets the time pass until nothing is left to do, or the time is over. @param seconds since the start */
    async run(seconds: number): Promise<void> {
      const end = start + seconds * 1_000;
      do {
        for (let turn = 0; turn < 2; turn++) await settle();
      } while (startWorkers() || (!isDone() && time.moveTo(nextAt(), end)));
    },
    /** Seconds since the start. */
    elapsed: () => (world.now() - start) / 1_000,
    moveTo: (seconds: number) => time.moveTo(start + seconds * 1_000, Number.POSITIVE_INFINITY),
  };
}
