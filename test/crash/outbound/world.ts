import { type DeadDelivery, endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import { later, type Seconds, toMillis, type UnixMillis } from '../../../lambdas/domain/time.ts';
import type { DeliverPorts } from '../../../lambdas/outbound/deliver/deliver.ts';
import type { PublishPorts } from '../../../lambdas/outbound/publish/publish.ts';
import type { ReplayPorts } from '../../../lambdas/outbound/replay.ts';
import type { SweepPorts } from '../../../lambdas/outbound/sweep/sweep.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { watchPromises } from './promises.ts';
import { type Answer, type Change, endpointOf, newUrlOf, type Scenario, urlOf } from './scenario.ts';
import { virtualTime } from './virtual-time.ts';

/** The ports of each kind of process. */
export interface Ports {
  readonly publishing: PublishPorts;
  readonly delivering: DeliverPorts;
  readonly sweeping: SweepPorts;
  readonly replaying: ReplayPorts;
}

/** The parts of every kind of process. */
export interface Parts {
  readonly deliveries: ReturnType<typeof outboundWorld>['table'];
  readonly events: ReturnType<typeof outboundWorld>['events'];
  sendTask(task: OutgoingTask): Promise<void>;
  sendTasks(tasks: readonly OutgoingTask[]): Promise<void>;
  readonly tallies: ReturnType<typeof outboundWorld>['tallies'];
  sendDeadDelivery(letter: DeadDelivery): Promise<void>;
}

/** Breaks a rule of the code under test, through the parts of one process. */
export type Mutant = (parts: Parts, now: () => UnixMillis) => Partial<Parts>;

interface OutgoingTask {
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

/** The outbound flow in memory with endpoints that answer by script, and a watch on every effect. */
export function simulatedWorld(scenario: Scenario, mutant: Mutant) {
  const settings = {
    ...outboundSettings,
    ...(scenario.retryDelays && { retryDelays: [...scenario.retryDelays] }),
    ...(scenario.breakAfter && { breakAfter: scenario.breakAfter }),
  };
  const world = outboundWorld(undefined, settings);
  const time = virtualTime(world.now, world.advance);
  const watch = watchPromises(world);
  const { table, events, endpoints, tallies, deliveryQueue, publishQueue } = world;
  for (const id of scenario.registered ?? [])
    void endpoints.create(newEndpoint(world.now(), { id, generation: 'gen_1', url: urlOf(id) }));
  const texts = new Map<string, string>();
  const drawn = { count: 0 };
  /** Random numbers about the middle, never the same twice in a row, and the same in every run. */
  const random = () => 0.5 + (drawn.count++ % 5) * 0.0005;
  const asked = new Map<string, number>();

  const nextAnswer = (url: string): Answer => {
    const endpoint = endpointOf(url);
    const count = asked.get(endpoint) ?? 0;
    asked.set(endpoint, count + 1);
    const answers = scenario.endpoints[endpoint] ?? [];
    const chosen = answers[Math.min(count, answers.length - 1)];
    if (chosen === undefined) throw new Error(`nobody says what ${endpoint} answers`);
    return chosen;
  };

  const sendTask = async (task: OutgoingTask): Promise<void> => {
    watch.taskSent(task.body);
    for (let copy = 0; copy < (scenario.copies ?? 1); copy++) await deliveryQueue.send(task);
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
    async ({ url, headers, body }) => {
      const { outcome, ms, kills } = nextAnswer(url);
      const request = watch.requested(url, headers['webhook-id'] ?? '', Buffer.from(body).toString());
      await time.sleep(ms);
      if (kills) {
        watch.counts.kills++;
        return exit();
      }
      request.outcome = outcome;
      return outcome;
    };

  const portsOf = (exit: () => Promise<never>): { [Kind in keyof Ports]: () => Ports[Kind] } => {
    const { sendDeadDelivery } = world.sweepPorts;
    const honest = {
      deliveries: withLifetime(table, scenario),
      events,
      tallies,
      sendTask,
      sendTasks,
      sendDeadDelivery,
    };
    const parts = { ...honest, ...mutant(honest, time.now) };
    const pause: DeliverPorts['pause'] = (span) => time.sleep(span);
    return {
      publishing: () => ({
        ...world.publishPorts,
        ...parts,
        events: { ...world.publishPorts.events, ...parts.events },
      }),
      delivering: () => ({
        ...world.deliverPorts,
        ...parts,
        random,
        deleteMessage,
        post: post(exit),
        pause,
      }),
      sweeping: () => ({ ...world.sweepPorts, ...parts }),
      replaying: () => ({ ...parts, endpoints }),
    };
  };

  function remake(endpoint: Endpoint): void {
    const { id } = endpoint;
    // The version is random, as that of any new endpoint.
    const recreated = { id, generation: 'gen_2', version: endpoint.version + 500, url: newUrlOf(id) };
    void endpoints.remove(endpoint);
    void endpoints.create(newEndpoint(time.now(), recreated));
    watch.remade(id);
  }

  return {
    table,
    events,
    endpoints,
    tallies,
    publishQueue,
    deliveryQueue,
    settings,
    time,
    watch,
    portsOf,
    /** What changes without a port call: the clock, and what is drawn. */
    moment: () => `${time.now()} ms, ${drawn.count} drawn`,
    deleteMessage,

    /** A write by a person, which is not lost. */
    change({ kind, endpoint: id }: Change): void {
      const endpoint = [...endpoints.endpoints.values()].find((other) => other.id === id);
      if (endpoint === undefined) return;
      switch (kind) {
        case 'disable':
          void endpoints.disable(endpoint, { reason: 'manual', at: time.now() });
          break;
        case 'enable':
          void endpoints.enable(endpoint, time.now());
          break;
        case 'delete':
          void endpoints.remove(endpoint);
          break;
        case 'recreate':
          remake(endpoint);
          break;
        case 'reset-limiter':
          void world.limiter.reset(endpointHash({ tenant: endpoint.tenant, endpointId: endpoint.id }));
          void endpoints.resumeEndpoint(endpoint, time.now());
          break;
      }
    },

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
        if (queues === 'all') publishQueue.purge();
      },
      halveBatch(): void {
        nextBatch.isHalved = true;
      },
    },
  };
}

export type SimulatedWorld = ReturnType<typeof simulatedWorld>;
