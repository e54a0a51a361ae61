import type { Fence } from '../../../lambdas/domain/delivery-record.ts';
import type { DeadDelivery, TaskQueue } from '../../../lambdas/domain/delivery-task.ts';
import { otherItems } from '../../../lambdas/domain/tables.ts';
import { later, type Seconds, seconds, toMillis } from '../../../lambdas/domain/time.ts';
import type { EndpointPorts } from '../../../lambdas/management/endpoint-ports.ts';
import type { RecoveryPorts } from '../../../lambdas/management/operations/recoveries.ts';
import { countTogether } from '../../../lambdas/outbound/count-together.ts';
import type { DeliverPorts } from '../../../lambdas/outbound/deliver/deliver.ts';
import type { PublishPorts } from '../../../lambdas/outbound/publish/publish.ts';
import { subscriberCache } from '../../../lambdas/outbound/publish/subscribers.ts';
import type { ReplayPorts } from '../../../lambdas/outbound/replay.ts';
import type { SweepPorts } from '../../../lambdas/outbound/sweep/sweep.ts';
import { tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { memorySealing } from '../../../testing/memory/sealing.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import type { TableFaults } from '../../support/worlds/outbound-tables.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { type Mutant, mistakeOf } from './mistake.ts';
import { watchPromises } from './promises.ts';
import { type Answer, endpointOf, type Scenario, urlOf, withinDeadline } from './scenario.ts';
import { virtualTime } from './virtual-time.ts';

/** The ports of each kind of process. */
export interface Ports {
  readonly publishing: PublishPorts;
  readonly delivering: DeliverPorts;
  readonly sweeping: SweepPorts;
  readonly replaying: ReplayPorts;
  readonly managing: ManagingPorts;
}

/** What a request to the management API uses. */
type ManagingPorts = Omit<RecoveryPorts & EndpointPorts, 'hasTime' | 'newId'>;

type World = ReturnType<typeof outboundWorld>;

/** The parts of every kind of process. */
export interface Parts {
  readonly deliveries: World['table'];
  readonly manifests: World['manifests'];
  readonly events: World['events'];
  readonly endpoints: World['endpoints'];
  readonly limiter: World['limiter'];
  readonly recoveries: World['recoveries'];
  sendTask(task: OutgoingTask): Promise<void>;
  sendTasks(tasks: readonly OutgoingTask[]): Promise<void>;
  readonly tallies: World['tallies'];
  sendDeadDelivery(letter: DeadDelivery): Promise<void>;
  putPayload(key: string, bytes: Uint8Array): Promise<void>;
}

interface OutgoingTask {
  readonly queue: TaskQueue;
  readonly body: string;
  readonly delay?: Seconds;
}

/** The table, with another lifetime of what is created where the scenario says so. */
const withLifetime = (table: Parts['deliveries'], { lifetime }: Scenario): Parts['deliveries'] =>
  lifetime === undefined
    ? table
    : {
        ...table,
        create: (delivery) =>
          table.create({
            ...delivery,
            lifetime: toMillis(lifetime),
            deadline: later(delivery.createdAt, lifetime),
          }),
      };

/** The table, with a look at a delivery whose late success was written, or refused. */
const withLateSuccessesWatched = (
  table: Parts['deliveries'],
  tried: (fence: Fence) => void,
): Parts['deliveries'] => ({
  ...table,
  async recordLateSuccess(fence, ...success) {
    const write = await table.recordLateSuccess(fence, ...success);
    tried(fence);
    return write;
  },
});

/** The table, whose pages are so small that a few endpoints make a large tenant. */
const inSmallPages = (
  endpoints: World['endpoints'],
  { endpointsPerPage: most }: Scenario,
): World['endpoints'] =>
  most === undefined
    ? endpoints
    : { ...endpoints, page: (tenant, range, limit) => endpoints.page(tenant, range, Math.min(limit, most)) };

/** The outbound flow in memory with endpoints that answer by script, and a watch on every effect. */
export function simulatedWorld(scenario: Scenario, mutant: Mutant, tableFaults: TableFaults = {}) {
  const mistake = mistakeOf(mutant);
  const settings = {
    ...outboundSettings,
    ...(scenario.retryDelays && { retryDelays: [...scenario.retryDelays] }),
    ...(scenario.breakAfter && { breakAfter: scenario.breakAfter }),
    ...(scenario.maxConcurrent && { maxConcurrent: scenario.maxConcurrent }),
  };
  const hooks = { ...tableFaults.hooks, mutate: mistake.request };
  // Mistakes in requests are mistakes in single writes.
  const inStatements = mistake.request === undefined;
  const world = outboundWorld(undefined, settings, {
    manifestShards: 1,
    ...tableFaults,
    hooks,
    inStatements,
  });
  const time = virtualTime(world.now, world.advance);
  const watch = watchPromises(world, scenario.seed === undefined);
  const { table, manifests, events, endpoints, limiter, recoveries, tallies } = world;
  const { deliveryQueue, publishQueue } = world;
  for (const id of scenario.registered ?? []) {
    const filter = scenario.filters?.[id];
    void endpoints.create(newEndpoint(world.now(), { id, generation: 'gen_1', url: urlOf(id), filter }));
  }
  const texts = new Map<string, string>();
  const drawn = { count: 0 };
  /** Random numbers about the middle, never the same twice in a row, and the same in every run. */
  const random = () => 0.5 + (drawn.count++ % 5) * 0.0005;
  const nextAnswer = answersOf(scenario);

  const sendTask = async (task: OutgoingTask): Promise<void> => {
    watch.taskSent(task.body, task.queue === 'sideline' && (task.delay ?? 0) === 0);
    const { copies = 1, copiesAfter = 0 } = scenario;
    for (let copy = 0; copy < copies; copy++) {
      const delay = seconds(Math.min((task.delay ?? 0) + copy * copiesAfter, 900));
      await deliveryQueue.send({ ...task, delay });
    }
  };
  const nextBatch = { isHalved: false };
  const sendTasks = async (tasks: readonly OutgoingTask[]): Promise<void> => {
    const taken = nextBatch.isHalved ? tasks.slice(0, tasks.length / 2) : tasks;
    nextBatch.isHalved = false;
    for (const task of taken) await sendTask(task);
    if (taken.length < tasks.length) throw new Error(`SQS refused ${tasks.length - taken.length} messages`);
  };

  const deleteMessage = async (receiptHandle: string): Promise<void> => {
    const before = deliveryQueue.contents().length;
    await deliveryQueue.delete(receiptHandle);
    if (deliveryQueue.contents().length < before) watch.taskDeleted(texts.get(receiptHandle) ?? '');
  };

  const post =
    (exit: () => Promise<never>): DeliverPorts['post'] =>
    async ({ url, headers, body, timeout }) => {
      const webhookId = headers['webhook-id'] ?? '';
      const { outcome, ms, kills } = withinDeadline(nextAnswer(url, webhookId), timeout);
      const request = watch.requested(url, webhookId, Buffer.from(body).toString());
      await time.sleep(ms);
      if (kills) {
        watch.counts.kills++;
        watch.disturbed(time.now());
        return exit();
      }
      request.outcome = outcome;
      request.isCut = outcome.kind === 'unreachable' && ms < settings.attemptTimeout && ms === timeout;
      return outcome;
    };

  const { sendDeadDelivery } = world.sweepPorts;
  const { putPayload } = world.publishPorts;
  const watched = (parts: Parts): Parts => ({
    ...parts,
    deliveries: withLateSuccessesWatched(parts.deliveries, watch.lateSuccessTried),
  });
  const honest = {
    deliveries: withLifetime(table, scenario),
    manifests,
    events,
    endpoints: inSmallPages(endpoints, scenario),
    limiter,
    recoveries,
    tallies,
    sendTask,
    sendTasks,
    sendDeadDelivery,
    putPayload,
  };
  const honestParts = watched(honest);
  // A tenant with more than a page is one that publishers do not keep in memory.
  const subscribers = subscriberCache(scenario.endpointsPerPage);
  /** A mistake may remember something for as long as its process lives. */
  const partsNow = (): Parts =>
    mistake.parts === undefined ? honestParts : watched({ ...honest, ...mistake.parts(honest, time.now) });

  const portsOf = (exit: () => Promise<never>): { [Kind in keyof Ports]: () => Ports[Kind] } => {
    const parts = partsNow();
    const pause: DeliverPorts['pause'] = (span) => time.sleep(span);
    return {
      publishing: () => ({ ...world.publishPorts, subscribers, ...parts }),
      delivering: () => ({
        ...world.deliverPorts,
        ...parts,
        random,
        deleteMessage,
        post: post(exit),
        pause,
      }),
      sweeping: () => ({ ...world.sweepPorts, ...parts, pause }),
      replaying: () => parts,
      managing: () => ({
        ...world.sweepPorts,
        ...parts,
        pause,
        rules: settings,
        checkHostname: async () => undefined,
        maxTimeoutSeconds: 30,
        maxConcurrent: undefined,
        retention: settings.deliveryRetention,
        secrets: memorySealing,
      }),
    };
  };

  return {
    table,
    manifests,
    events,
    endpoints,
    limiter,
    recoveries,
    payloads: world.payloads,
    /** The number of endpoints, as counted; undefined before the first sweep. */
    knownEndpoints(): number | undefined {
      const item = world.db.tableOf(tableNames.endpoints).get(`${otherItems.count}\u0000endpoints`);
      return item && Number(item['known']);
    },
    tallies,
    publishQueue,
    deliveryQueue,
    settings,
    time,
    watch,
    /** Whether the sweep finds a recovery to go on with. */
    hasJobs: (): boolean =>
      recoveries.recoveries.size > 0 &&
      [...world.db.tableOf(tableNames.endpoints).items.values()].some((item) => item['attention'] === 'jobs'),
    partsNow,
    portsOf,
    /** The ports of a process with the mistake between the code and its ports, where faults can hit each of its calls. */
    swapped<Kind extends keyof Ports>(ports: Ports[Kind]): Ports[Kind] {
      const above = mistake.above === undefined ? ports : { ...ports, ...mistake.above(ports) };
      return 'tallies' in above ? { ...above, tallies: countTogether(above.tallies) } : above;
    },
    /** What changes without a port call: the clock, and what is drawn. */
    moment: () => `${time.now()} ms, ${drawn.count} drawn`,
    deleteMessage,

    send: (message: object) => publishQueue.send({ body: JSON.stringify(message) }),

    receiveTasks(max: number) {
      const messages = deliveryQueue.receive(max);
      for (const { receiptHandle, text } of messages) texts.set(receiptHandle, text);
      return messages;
    },

    async deletePublication(message: {
      readonly receiptHandle: string;
      readonly text: string;
    }): Promise<void> {
      await publishQueue.delete(message.receiptHandle);
      watch.publicationDeleted(message.text);
    },

    queueFaults: {
      purge(queues: 'delivery' | 'all'): void {
        deliveryQueue.purge();
        if (queues === 'all') watch.purged();
        if (queues === 'all') publishQueue.purge();
      },
      halveBatch(): void {
        nextBatch.isHalved = true;
      },
    },
  };
}

export type SimulatedWorld = ReturnType<typeof simulatedWorld>;

/** The answers of each endpoint to each event, one after the other. */
function answersOf({ endpoints }: Scenario) {
  const asked = new Map<string, number>();
  return (url: string, webhookId: string): Answer => {
    const endpoint = endpointOf(url);
    const request = `${endpoint} ${webhookId}`;
    const count = asked.get(request) ?? 0;
    asked.set(request, count + 1);
    const answers = endpoints[request] ?? endpoints[endpoint] ?? [];
    const chosen = answers[Math.min(count, answers.length - 1)];
    if (chosen === undefined) throw new Error(`nobody says what ${endpoint} answers`);
    return chosen;
  };
}
