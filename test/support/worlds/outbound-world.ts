import { createSecretKey } from 'node:crypto';
import { payloadReader } from '../../../lambdas/adapters/dynamodb/outbound-events/payload-reader.ts';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import type { DeadDelivery } from '../../../lambdas/domain/delivery-task.ts';
import type { DeliveryId } from '../../../lambdas/domain/ids.ts';
import { serialiseMessage } from '../../../lambdas/domain/messages.ts';
import type { OperatorNotice } from '../../../lambdas/domain/operator-notice.ts';
import { type Seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { type DeliverPorts, deliver } from '../../../lambdas/outbound/deliver/deliver.ts';
import { endpointMemories } from '../../../lambdas/outbound/deliver/endpoint-memory.ts';
import { type PublishPorts, publish } from '../../../lambdas/outbound/publish/publish.ts';
import { subscriberCache } from '../../../lambdas/outbound/publish/subscribers.ts';
import { replayDelivery } from '../../../lambdas/outbound/replay.ts';
import type { ReplayOptions } from '../../../lambdas/outbound/replay-route.ts';
import { type SweepPorts, sweep } from '../../../lambdas/outbound/sweep/sweep.ts';
import { memoryQueue } from '../../../testing/memory/queue.ts';
import { openedHeaders } from '../../../testing/memory/sealing.ts';
import { memoryTaskQueues, queueOf } from '../../../testing/memory/task-queues.ts';
import { recordedTelemetry } from '../../../testing/memory/telemetry.ts';
import { accepted, outboundSettings, type Request, start } from '../fixtures/outbound.ts';
import { memoryBucket } from '../memory/bucket.ts';
import { findsWork, outboundTables, type TableFaults } from './outbound-tables.ts';

type Endpoint = (request: Request, count: number) => AttemptOutcome | Promise<AttemptOutcome>;

/**
 * The whole outbound flow in memory, on a virtual clock: tables, queues, DLQs, and one endpoint with programmed responses.
 *
 * @param endpoint gets each request and how many its URL has had, this one included
 * @param tableFaults what goes wrong between the adapters and their tables
 */
export function outboundWorld(
  endpoint: Endpoint = () => accepted,
  settings = outboundSettings,
  tableFaults: TableFaults = {},
) {
  let now = start;
  const clock = () => now;
  const { db, stores, seen } = outboundTables(clock, tableFaults);
  // Each store with its items, which tests read and change.
  const table = { ...stores.deliveries, deliveries: seen.deliveries };
  const manifests = { ...stores.manifests, manifests: seen.manifests };
  const events = { ...stores.events, events: seen.events };
  const endpoints = { ...stores.endpoints, endpoints: seen.endpoints };
  const limiter = { ...stores.limiter, limiter: seen.limiter };
  const recoveries = { ...stores.recoveries, recoveries: seen.recoveries };
  const tallies = { ...stores.tallies, tallies: seen.tallies, counted: seen.counted };
  const operations: OperatorNotice[] = [];
  const publishQueue = memoryQueue(clock, undefined, { idPrefix: 'm' });
  const deliveryQueue = memoryTaskQueues(clock);
  /** Of the publish DLQ, and of the delivery DLQ: what is a fault of the stack. */
  const deadLetters: string[] = [];
  const undelivered: string[] = [];
  const bucket = memoryBucket();
  const payloads = bucket.objects;
  const requests: Request[] = [];
  const report = recordedTelemetry();
  const readPayload = payloadReader(events.read, bucket.get);
  const notifyOperators = async (operation: OperatorNotice): Promise<void> => void operations.push(operation);
  const sendDeadLetter = async (body: string): Promise<void> => void deadLetters.push(body);

  const sendDeadDelivery = async ({ queue, body }: DeadDelivery): Promise<void> =>
    void (queue === 'delivery' ? deadLetters : undelivered).push(body);
  const { gauges, eventTypes } = stores;

  const publishPorts: PublishPorts = {
    now: clock,
    events,
    readPayload,
    validatePayload: async () => undefined,
    endpoints,
    subscribers: subscriberCache(),
    deliveries: table,
    manifests,
    sendTask: deliveryQueue.send,
    sendRanges: publishQueue.sendAll,
    putPayload: bucket.put,
    sendTasks: deliveryQueue.sendAll,
    sendDeadLetter,
    telemetry: report.telemetry,
  };
  const deliverPorts: DeliverPorts = {
    now: clock,
    random: () => 0.5,
    deliveries: table,
    readPayload,
    endpoints,
    limiter,
    notifyOperators,
    signingKeys: async () => [{ kind: 'v1', secretKey: createSecretKey(Buffer.alloc(32, 7)) }],
    endpointKeys: async () => [{ kind: 'v1', secretKey: createSecretKey(Buffer.alloc(32, 8)) }],
    endpointHeaders: openedHeaders,
    async post({ url, headers, body }) {
      const request = { at: now, url, headers, body: Buffer.from(body).toString('utf8') };
      requests.push(request);
      return endpoint(request, requests.filter((other) => other.url === url).length);
    },
    sendTask: deliveryQueue.send,
    sendDeadDelivery,
    tallies,
    deleteMessage: deliveryQueue.delete,
    returnMessageAfter: deliveryQueue.returnAfter,
    pause: async () => undefined,
    after: () => () => undefined,
    // Each access begins a process.
    get memoryOf() {
      return endpointMemories();
    },
    telemetry: report.telemetry,
  };
  const sweepPorts: SweepPorts = {
    now: clock,
    deliveries: table,
    manifests,
    endpoints,
    limiter,
    events,
    notifyOperators,
    recoveries,
    pause: async () => undefined,
    sendTask: deliveryQueue.send,
    sendTasks: deliveryQueue.sendAll,
    sendDeadDelivery,
    tallies,
    gauges,
    telemetry: report.telemetry,
  };

  const replayPorts = { deliveries: table, endpoints, events, sendTask: deliveryQueue.send };

  const sweepIfNeeded = async (): Promise<void> => {
    if (findsWork(db, now)) await world.sweep();
  };

  const world = {
    now: clock,
    settings,
    db,
    eventTypes,
    table,
    manifests,
    events,
    endpoints,
    limiter,
    recoveries,
    operations,
    payloads,
    publishQueue,
    deliveryQueue,
    deadLetters,
    undelivered,
    tallies,
    requests,
    report,
    publishPorts,
    deliverPorts,
    sweepPorts,
    replayPorts,

    /** Moves the clock on; nothing else happens. */
    advance: (span: Seconds) => {
      now = unixMillis(now + span * 1000);
    },

    /** Puts messages on the publish queue and has it worked off. */
    async publish(...messages: readonly object[]): Promise<void> {
      for (const message of messages) await publishQueue.send({ body: serialiseMessage(message) });
      await world.workOffPublishQueue();
    },

    async workOffPublishQueue(ports = publishPorts): Promise<void> {
      const batch = publishQueue.receive(10);
      const failed = await publish(batch, settings, ports);
      const done = batch.filter(({ messageId }) => !failed.includes(messageId));
      for (const { receiptHandle } of done) await publishQueue.delete(receiptHandle);
    },

    /** Hands one batch of visible tasks to λ deliver. @returns how many there were */
    async deliverOnce(ports = deliverPorts, max = 5, hasTime = () => true): Promise<number> {
      const batch = deliveryQueue.receive(max);
      const failed = await deliver(batch, { queue: queueOf(batch), hasTime }, settings, { ...ports });
      const done = batch.filter(({ messageId }) => !failed.includes(messageId));
      for (const { receiptHandle } of done) await deliveryQueue.delete(receiptHandle);
      return batch.length;
    },

    /** A worker takes one batch and dies in its requests. */
    async dieInRequest(): Promise<void> {
      void world.deliverOnce({ ...deliverPorts, post: () => new Promise(() => undefined) });
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    },

    sweep: (ports = sweepPorts) => sweep(settings.deliveryRetention, () => true, ports),

    replay: (id: DeliveryId, options: ReplayOptions = {}) => replayDelivery(id, now, replayPorts, options),

    /** Lets the time pass, with λ deliver whenever a message is visible and λ sweep every minute in which it finds work. */
    async run(span: Seconds): Promise<void> {
      const end = now + span * 1000;
      let nextSweep = now + 60_000;
      for (;;) {
        while ((await world.deliverOnce()) > 0);
        const next = Math.min(deliveryQueue.nextVisibleAt(), nextSweep);
        if (next > end) break;
        now = unixMillis(Math.max(now, next));
        if (now < nextSweep) continue;
        await sweepIfNeeded();
        nextSweep += 60_000;
      }
      now = unixMillis(end);
    },

    /** The only delivery. */
    delivery() {
      const [delivery, ...others] = [...table.deliveries.values()];
      if (delivery === undefined || others.length > 0)
        throw new Error(`${others.length + 1} deliveries, not one`);
      return delivery;
    },
  };
  return world;
}
