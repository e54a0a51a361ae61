import { payloadReader } from '../../../lambdas/adapters/dynamodb/outbound-events/payload-reader.ts';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import type { DeadDelivery } from '../../../lambdas/domain/delivery-task.ts';
import type { EndpointStore } from '../../../lambdas/domain/endpoint-store.ts';
import type { OperatorNotice } from '../../../lambdas/domain/operator-notice.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import type { OperationPorts } from '../../../lambdas/management/operations.ts';
import { countTogether } from '../../../lambdas/outbound/count-together.ts';
import type { DeliverPorts } from '../../../lambdas/outbound/deliver/deliver.ts';
import { endpointMemories } from '../../../lambdas/outbound/deliver/endpoint-memory.ts';
import type { PublishPorts } from '../../../lambdas/outbound/publish/publish.ts';
import { subscriberCache } from '../../../lambdas/outbound/publish/subscribers.ts';
import type { SweepPorts } from '../../../lambdas/outbound/sweep/sweep.ts';
import { memorySealing } from '../../../testing/memory/sealing.ts';
import { withEveryCall } from '../../crash/crash-script.ts';
import { type Mutant, mistakeOf } from '../../crash/outbound/mistake.ts';
import { withinDeadline } from '../../crash/outbound/scenario.ts';
import { virtualTime } from '../../crash/outbound/virtual-time.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import { inboundTable } from '../../support/worlds/inbound-tables.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { type ChoiceSources, chance } from '../draws.ts';
import { traceOf } from '../trace.ts';
import { faultyCalls, type Process } from './calls.ts';
import { endpointServers } from './endpoint-servers.ts';
import { placesOf } from './faults.ts';
import { watchRun } from './promises.ts';
import { storesOf } from './stores.ts';
import type { Story } from './story.ts';
import { waitingCalls } from './waiting-calls.ts';

/** The ports of each kind of process. */
export interface Ports {
  readonly publishing: PublishPorts;
  readonly delivering: DeliverPorts;
  readonly sweeping: SweepPorts;
  readonly managing: OperationPorts;
}

export interface WorldOptions {
  readonly mutant?: Mutant;
  readonly isTraced?: boolean;
}

/** The outbound flow with its management API in memory: real use cases and real adapters, with all else simulated. */
export function simulatedOutbound(
  story: Story,
  { order }: ChoiceSources,
  { mutant = () => ({}), isTraced = false }: WorldOptions,
) {
  const { retryDelays, breakAfter, disableAfter, latePercent, pageSize, batchTakes } = story;
  const settings = { ...outboundSettings, retryDelays: [...retryDelays], breakAfter, disableAfter };
  const mistake = mistakeOf(mutant);
  const isLate = () => chance(order, latePercent);
  const world = outboundWorld(undefined, settings, {
    ...(latePercent > 0 && { isLate }),
    ...(batchTakes !== undefined && { batchTakes: (keys: number) => Math.min(keys, batchTakes) }),
  });
  const time = virtualTime(world.now, world.advance);
  const trace = traceOf(isTraced, world.now);
  const places = placesOf(story.faults);
  const waiting = waitingCalls(order);
  const { db, deliveryQueue, publishQueue } = world;
  const nextBatch = { isHalved: false };
  const texts = new Map<string, string>();
  const calls = faultyCalls({
    now: world.now,
    sleep: time.sleep,
    turn: waiting.turn,
    places,
    trace,
    queues: {
      purge: () => deliveryQueue.purge(),
      halve: () => {
        nextBatch.isHalved = true;
      },
    },
  });
  const watch = watchRun(world, story, calls, settings);
  const servers = endpointServers(story);
  const made = { ids: 0, drawn: 0 };
  /** Random numbers about the middle, never the same twice in a row, and the same in every run. */
  const random = () => 0.5 + (made.drawn++ % 5) * 0.0005;

  const sendTask = async (task: Parameters<DeliverPorts['sendTask']>[0], by: Process): Promise<void> => {
    watch.taskSent(task.body, task.queue === 'sideline' && (task.delay ?? 0) === 0, by);
    await deliveryQueue.send(task);
  };
  const sendTasks = async (tasks: Parameters<PublishPorts['sendTasks']>[0], by: Process): Promise<void> => {
    const taken = nextBatch.isHalved ? tasks.slice(0, tasks.length / 2) : tasks;
    nextBatch.isHalved = false;
    for (const task of taken) await sendTask(task, by);
    if (taken.length < tasks.length) throw new Error(`SQS refused ${tasks.length - taken.length} messages`);
  };
  const deleteTask = async (receiptHandle: string, by: Process): Promise<void> => {
    const before = deliveryQueue.contents().length;
    await deliveryQueue.delete(receiptHandle);
    if (deliveryQueue.contents().length < before) watch.taskDeleted(texts.get(receiptHandle) ?? '', by);
  };

  const postOf =
    (process: Process): DeliverPorts['post'] =>
    async ({ url, headers, body, timeout }) => {
      const { outcome, ms, kills } = withinDeadline(servers.answer(url), timeout);
      const request = watch.requested(
        url,
        headers['webhook-id'] ?? '',
        Buffer.from(body).toString(),
        process,
      );
      await time.sleep(ms);
      watch.answered(request, process);
      if (kills && process.isAlive) {
        calls.disturbed(process, { kind: 'kills', name: 'post' });
        trace.note(process.name, () => 'the request kills the process');
        return process.exit();
      }
      request.outcome = outcome;
      request.isCut = outcome.kind === 'unreachable' && ms < settings.attemptTimeout && ms === timeout;
      trace.note(process.name, () => `${url} answers ${'status' in outcome ? outcome.status : outcome.kind}`);
      return outcome;
    };

  /** What a process calls beside the tables. */
  const servicesOf = (process: Process) => ({
    sendTask: (task: Parameters<DeliverPorts['sendTask']>[0]) => sendTask(task, process),
    sendTasks: (tasks: Parameters<PublishPorts['sendTasks']>[0]) => sendTasks(tasks, process),
    sendRanges: async (ranges: readonly { readonly body: string }[]): Promise<void> => {
      for (const { body } of ranges) watch.publishers.sentRange(body);
      await publishQueue.sendAll(ranges);
    },
    sendPublication: (body: string) => publishQueue.send({ body }),
    sendDeadDelivery: async ({ queue, body }: DeadDelivery): Promise<void> =>
      void (queue === 'delivery' ? world.deadLetters : world.undelivered).push(body),
    sendDeadLetter: async (body: string): Promise<void> => void world.deadLetters.push(body),
    notifyOperators: async (notice: OperatorNotice): Promise<void> => void world.operations.push(notice),
    putPayload: async (key: string, bytes: Uint8Array): Promise<void> => void world.payloads.set(key, bytes),
    getPayload: async (key: string) => world.payloads.get(key),
    deleteMessage: (receiptHandle: string) => deleteTask(receiptHandle, process),
    returnMessageAfter: deliveryQueue.returnAfter,
    acknowledge: async (work: () => Promise<void>) => work(),
    signingKeys: world.deliverPorts.signingKeys,
    endpointKeys: world.deliverPorts.endpointKeys,
    endpointHeaders: world.deliverPorts.endpointHeaders,
    post: postOf(process),
  });

  /** Pages of few items, so that a small tenant needs several pages, as a large one does. */
  const capped = (endpoints: EndpointStore): EndpointStore => ({
    ...endpoints,
    page: (tenant, range, limit) => endpoints.page(tenant, range, Math.min(limit, pageSize)),
  });

  const memories: { readonly process: Process; readonly memoryOf: DeliverPorts['memoryOf'] }[] = [];
  /** Every other worker is a process that has worked before, and still lives. */
  function memoryFor(process: Process): DeliverPorts['memoryOf'] {
    const warm = memories.findLast((other) => other.process.isAlive);
    const memoryOf = warm !== undefined && chance(order, 50) ? warm.memoryOf : endpointMemories();
    memories.push({ process, memoryOf });
    return memoryOf;
  }

  // A tenant with more than a page is one that publishers do not keep in memory.
  const subscribers = subscriberCache(pageSize);

  /** All ports of one process. A mutant changes some of them. */
  function portsOf(process: Process) {
    const call = calls.callOf(process);
    const watched = <Store extends DeliveryStore>(by: Process, store: Store): Store =>
      watch.publishers.watched(by, watch.processes.watched(by, store));
    const named = storesOf({ db, story, process, call, rules: { watched }, mutate: mistake.request });
    const services = withEveryCall(servicesOf(process), call);
    const honest = {
      deliveries: { ...named.deliveries, deliveries: world.table.deliveries },
      manifests: { ...named.manifests, manifests: world.manifests.manifests },
      events: { ...named.events, events: world.events.events },
      endpoints: { ...named.endpoints, endpoints: world.endpoints.endpoints },
      limiter: { ...named.limiter, limiter: world.limiter.limiter },
      recoveries: { ...named.recoveries, recoveries: world.recoveries.recoveries },
      tallies: { ...named.tallies, tallies: world.tallies.tallies, counted: world.tallies.counted },
      putPayload: services.putPayload,
      sendTask: services.sendTask,
      sendTasks: services.sendTasks,
      sendDeadDelivery: services.sendDeadDelivery,
    };
    const changed = { ...honest, ...mistake.parts?.(honest, time.now) };
    const parts = { ...changed, ...mistake.above?.(changed) };
    const common = {
      ...parts,
      tallies: countTogether(parts.tallies),
      endpoints: capped(parts.endpoints),
      gauges: world.sweepPorts.gauges,
      subscribers,
      readPayload: payloadReader(parts.events.read, services.getPayload),
      validatePayload: async () => undefined,
      now: time.now,
      random,
      pause: (span: number) => time.sleep(span),
      after(span: number, act: () => void) {
        const watch = { isOver: false };
        void time.sleep(span).then(() => (watch.isOver || !process.isAlive ? undefined : act()));
        return () => {
          watch.isOver = true;
        };
      },
      memoryOf: memoryFor(process),
      telemetry: world.report.telemetry,
    };
    return { common, services };
  }

  const management = {
    hasTime: () => true,
    newId: (prefix: string) => `${prefix}_${++made.ids}`,
    rules: settings,
    checkHostname: async () => undefined,
    maxTimeoutSeconds: 30,
    maxConcurrent: undefined,
    retention: settings.deliveryRetention,
    secrets: memorySealing,
    eventTypes: world.eventTypes,
    checkSchema: async () => undefined,
    sources: [],
    inboundEvents: inboundTable(),
    getBody: async () => undefined,
    putBody: async () => undefined,
    enqueueFor: async () => undefined,
  };

  const portsFor: { [Kind in keyof Ports]: (process: Process) => Ports[Kind] } = {
    publishing: (process) => merged(portsOf(process)),
    delivering: (process) => merged(portsOf(process)),
    sweeping: (process) => merged(portsOf(process)),
    managing: (process) => ({ ...management, ...merged(portsOf(process)) }),
  };

  for (const { id, tenant, filter, maxConcurrent, maxPerSecond } of story.endpoints) {
    const generation = `gen_${id}`;
    const kind = filter && { path: ['kind'], equals: filter };
    const limits = { filter: kind, maxConcurrent, maxPerSecond };
    void world.endpoints.create(
      newEndpoint(world.now(), { tenant, id, generation, url: servers.firstUrl(id), ...limits }),
    );
  }

  return {
    ...world,
    time,
    trace,
    places,
    waiting,
    calls,
    watch,
    servers,
    settings,
    portsFor,
    services: (process: Process) => withEveryCall(servicesOf(process), calls.callOf(process)),
    deleteTask,

    /** Receives tasks; some of them come once more at once. */
    async receiveTasks(max: number, by: Process) {
      const messages = deliveryQueue.receive(max);
      for (const { receiptHandle, text, queue } of messages) {
        texts.set(receiptHandle, text);
        if (queue === 'delivery') watch.taskTaken(text, by);
      }
      await comeTwice(messages, deliveryQueue);
      return messages;
    },
    async receivePublications(max: number) {
      const messages = publishQueue.receive(max);
      await comeTwice(messages, publishQueue);
      return messages;
    },
  };

  async function comeTwice(
    messages: readonly { readonly receiptHandle: string }[],
    queue: Pick<typeof deliveryQueue, 'returnAfter'>,
  ): Promise<void> {
    for (const { receiptHandle } of messages)
      if (chance(order, story.twicePercent)) {
        watch.cameTwice();
        await queue.returnAfter(receiptHandle, seconds(0));
      }
  }
}
export type SimulatedOutbound = ReturnType<typeof simulatedOutbound>;

/** Plain objects, because the use cases spread their ports. */
const merged = <Common extends object, Services extends object>({
  common,
  services,
}: {
  readonly common: Common;
  readonly services: Services;
}): Common & Services => ({ ...services, ...common });
